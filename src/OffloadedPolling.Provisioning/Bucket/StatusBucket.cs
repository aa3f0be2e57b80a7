using OffloadedPolling.S3;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Provisioning;

/// <summary>
/// Sets up the bucket for status documents: what it should be, what it is, and how to bring the one to the other. <c>WithS3()</c> puts it
/// into the container; nothing calls it but the host.
/// </summary>
/// <remarks>
/// Rules, statements and CORS entries of others stay as they are. S3 has no way to change its configuration on a condition: two that apply
/// at the same time may overwrite each other's change, so let one do it.
/// </remarks>
public sealed class StatusBucket
{
    private readonly S3Connection _s3;

    private readonly BucketDocuments _documents;

    private readonly BucketProbe _probe;

    private readonly IOptions<S3Options> _options;

    private readonly IOptions<StatusBucketOptions> _switches;

    private readonly IOptions<OffloadedPollingOptions> _polling;

    private readonly ILogger<StatusBucket> _logger;

    internal StatusBucket(
        S3Connection s3, BucketDocuments documents, BucketProbe probe, IOptions<S3Options> options, IOptions<StatusBucketOptions> switches,
        IOptions<OffloadedPollingOptions> polling, ILogger<StatusBucket> logger) =>
        (_s3, _documents, _probe, _options, _switches, _polling, _logger) = (s3, documents, probe, options, switches, polling, logger);

    /// <summary>Tells, part by part, what is and what should be. Changes nothing.</summary>
    /// <param name="cancel">Gives up.</param>
    /// <returns>A part that the server does not tell is <see cref="StatusBucketPartState.Refused"/>, with the reason.</returns>
    /// <exception cref="OperationStoreException">The bucket does not exist, cannot be reached, or takes no configuration.</exception>
    public async Task<StatusBucketReport> CheckAsync(CancellationToken cancel = default)
    {
        var application = New();
        await RunAsync(application.CheckAsync, cancel).ConfigureAwait(false);
        return ToReport(application);
    }

    /// <summary>
    /// Applies what is missing, and nothing else. It writes and reads an object before and after, and takes back the part with which that
    /// fails; where it fails before, nothing is applied.
    /// </summary>
    /// <param name="cancel">Gives up; what was applied and not yet tried is taken back.</param>
    /// <returns>What was done. What was refused or taken back is told with the reason, and logged as a warning (events 502 to 506).</returns>
    /// <exception cref="OperationStoreException">The bucket does not exist, cannot be reached, or takes no configuration.</exception>
    public async Task<StatusBucketReport> ApplyAsync(CancellationToken cancel = default)
    {
        var application = New();
        try
        {
            await RunAsync(application.ApplyAsync, cancel).ConfigureAwait(false);
        }
        catch
        {
            foreach (var part in application.Told.Where(part => part.State == StatusBucketPartState.NotUndone))
            {
                Log.BucketPartNotUndone(_logger, part.Name, _s3.Bucket, part.Reason);
            }

            TellOfLeftovers(application);
            throw;
        }

        TellOfLeftovers(application);
        var report = ToReport(application);
        Tell(report);
        return report;
    }

    /// <summary>The same as a CloudFormation template, in JSON: the bucket and its policy, kept when the stack is deleted.</summary>
    /// <returns>The same text for the same settings.</returns>
    /// <exception cref="OperationStoreException">The bucket's name is an access point's.</exception>
    public string ToCloudFormation() => PolicyDocument.ToText(BucketTemplates.ToCloudFormation(Plan()), indented: true);

    /// <summary>
    /// The same as one JSON object with what the AWS CLI's <c>aws s3api put-…</c> commands take: <c>publicAccessBlock</c>,
    /// <c>encryption</c>, <c>lifecycle</c>, <c>cors</c>, <c>policy</c>, and <c>notes</c> for people. The commands replace what is there.
    /// </summary>
    /// <returns>The same text for the same settings.</returns>
    /// <exception cref="OperationStoreException">The bucket's name is an access point's.</exception>
    public string ToJson() => PolicyDocument.ToText(BucketTemplates.ToCli(Plan()), indented: true);

    internal BucketPlan Plan() => _s3.Bucket.StartsWith("arn:", StringComparison.Ordinal)
        ? throw new OperationStoreException(
            $"S3:BucketName is '{_s3.Bucket}', an access point, through which no bucket can be set up. Set it to the bucket's own name where StatusBucket is used.")
        : new BucketPlan(
            _s3.Bucket,
            AwsPartition.Of(_s3.Client.Config.RegionEndpoint?.SystemName ?? _s3.Client.Config.AuthenticationRegion),
            _s3.GetEndpoint(_s3.KeyPrefix).Scheme == Uri.UriSchemeHttp,
            _options.Value,
            _switches.Value,
            _polling.Value,
            isAws: _s3.GetEndpoint(_s3.KeyPrefix).Host is var host && (host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".amazonaws.com.cn", StringComparison.OrdinalIgnoreCase)));

    private BucketApplication New()
    {
        try
        {
            return new(Plan().Parts, _documents, _probe);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, CancellationToken.None))
        {
            throw S3Errors.ToStoreException("set up", _s3, _s3.KeyPrefix, failed);
        }
    }

    private StatusBucketReport ToReport(BucketApplication application) => new(_s3.Bucket, application.Told, application.Probe, application.ProbePassed);

    private async Task RunAsync(Func<CancellationToken, Task> run, CancellationToken cancel)
    {
        try
        {
            await run(cancel).ConfigureAwait(false);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancel))
        {
            throw S3Errors.ToStoreException("set up", _s3, _s3.KeyPrefix, failed);
        }
        catch (StatusUrlException unsigned)
        {
            // Requests for the bucket's documents are signed as status URLs are.
            throw new OperationStoreException($"Could not set up the bucket '{_s3.Bucket}': {(unsigned.InnerException is null
                ? unsigned.Message
                : "no AWS credentials were found, or they could not be refreshed. Check AWS_ACCESS_KEY_ID and its fellows, the profile, or the role.")}", unsigned);
        }
    }

    private void TellOfLeftovers(BucketApplication application)
    {
        foreach (var leftover in application.Leftovers)
        {
            Log.BucketProbeLeft(_logger, _s3.Bucket, leftover);
        }
    }

    private void Tell(StatusBucketReport report)
    {
        foreach (var part in report.Parts)
        {
            switch (part.State)
            {
                case StatusBucketPartState.Applied:
                    Log.BucketPartApplied(_logger, part.Name, report.Bucket, part.ShouldBe, part.Is);
                    break;
                case StatusBucketPartState.Refused:
                    Log.BucketPartRefused(_logger, part.Name, report.Bucket, part.Reason);
                    break;
                case StatusBucketPartState.Undone:
                    Log.BucketPartUndone(_logger, part.Name, report.Bucket, part.Reason);
                    break;
                case StatusBucketPartState.NotUndone:
                    Log.BucketPartNotUndone(_logger, part.Name, report.Bucket, part.Reason);
                    break;
                case StatusBucketPartState.LeftOut:
                    Log.BucketPartLeftOut(_logger, part.Name, report.Bucket, part.Reason);
                    break;
                default:
                    break;
            }

            if (part is { IsOn: true, State: StatusBucketPartState.Applied or StatusBucketPartState.AsItShouldBe, Reason: { } reason })
            {
                Log.BucketPartWarning(_logger, part.Name, report.Bucket, reason);
            }
        }

        if (report.ProbePassed is false)
        {
            Log.BucketProbeFailed(_logger, report.Bucket, report.Probe);
        }
    }
}
