using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;

namespace OffloadedPolling.Provisioning;

/// <summary>Checks and sets up the bucket for status documents. <c>AddProvisioning()</c> registers it; it does nothing unless it is called.</summary>
/// <remarks>
/// Rules, statements and CORS rules of third parties stay as they are. S3 has no conditional write for its configuration: two processes that
/// apply at the same time may overwrite each other's change, so let only one do it.
/// </remarks>
public sealed class StatusBucket
{
    private static readonly TimeSpan _credentialLife = TimeSpan.FromMinutes(1);

    private readonly S3Connection _s3;

    private readonly SigningCredentialsSource _credentials;

    private readonly BucketConfiguration _configuration;

    private readonly BucketProbe _probe;

    private readonly BucketSettings _settings;

    private readonly ILogger<StatusBucket> _logger;

    internal StatusBucket(
        S3Connection s3, SigningCredentialsSource credentials, BucketConfiguration configuration, BucketProbe probe, BucketSettings settings,
        ILogger<StatusBucket> logger) =>
        (_s3, _credentials, _configuration, _probe, _settings, _logger) = (s3, credentials, configuration, probe, settings, logger);

    /// <summary>Reports what differs from the recommended setup. Changes nothing.</summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The report. A part that the server does not let you read is <see cref="ProvisioningState.Failed"/>, with the reason.</returns>
    /// <exception cref="OperationStoreException">The bucket does not exist, cannot be reached, or cannot be configured.</exception>
    public async Task<ProvisioningReport> CheckAsync(CancellationToken cancellationToken = default)
    {
        var (run, _) = await StartAsync().ConfigureAwait(false);
        await RunAsync(() => run.CheckAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        return new ProvisioningReport($"Bucket '{_s3.Bucket}'", run.Results);
    }

    /// <summary>
    /// Adds what is missing and leaves everything else alone. Then it writes and reads an object; if that fails, everything that it applied is
    /// rolled back.
    /// </summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. On cancellation, what was applied is rolled back.</param>
    /// <returns>The report. What failed or was rolled back is also logged (events 502 to 507).</returns>
    /// <exception cref="OperationStoreException">The bucket does not exist, cannot be reached, or cannot be configured.</exception>
    public async Task<ProvisioningReport> ApplyAsync(CancellationToken cancellationToken = default)
    {
        var (run, plan) = await StartAsync().ConfigureAwait(false);
        ProbeResult? result = null;
        try
        {
            await RunAsync(() => run.ApplyAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            result = await _probe.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await run.RollBackAsync("The set-up was interrupted before it could be verified.").ConfigureAwait(false);
            LogParts(run.Results.Where(part => part.State == ProvisioningState.RollbackFailed));
            throw;
        }

        // Network is about callers, and this machine need not be one of them.
        var isExcluded = run.StateOf(plan.NetworkPart) is ProvisioningState.InSync or ProvisioningState.Applied && plan.NetworkPart.NotWanted is null;
        var failure = result.Client ?? (isExcluded ? null : result.Presigned);
        if (failure is not null)
        {
            await run.RollBackAsync(failure).ConfigureAwait(false);
        }

        var probe = failure is not null ? $"Failed: {failure} What was applied was rolled back. To find the part that fails, switch parts off."
            : result.Presigned is null ? "Writing, reading and a presigned read work."
            : $"Writing and reading work. A presigned read from this machine does not, as the Network part may demand: {result.Presigned}";
        var report = new ProvisioningReport(
            $"Bucket '{_s3.Bucket}'", run.Results, result.Leftover is null ? probe : $"{probe} {result.Leftover}", failure is null);
        LogParts(report.Parts);
        if (failure is not null)
        {
            Log.BucketProbeFailed(_logger, _s3.Bucket, report.Probe);
        }

        return report;
    }

    /// <summary>Returns a CloudFormation template, in JSON, with the bucket and its policy. Both are kept when the stack is deleted.</summary>
    /// <returns>The template. The same settings give the same text.</returns>
    /// <exception cref="OperationStoreException">The bucket's name is that of an access point.</exception>
    public string ToCloudFormation() => PolicyDocument.ToText(BucketTemplates.ToCloudFormation(Plan()), indented: true);

    /// <summary>
    /// Returns the input of the AWS CLI's <c>aws s3api put-…</c> commands as one JSON object: <c>publicAccessBlock</c>, <c>encryption</c>,
    /// <c>lifecycle</c>, <c>cors</c>, <c>policy</c>, and <c>notes</c> for people. The commands replace what is there.
    /// </summary>
    /// <returns>The input. The same settings give the same text.</returns>
    /// <exception cref="OperationStoreException">The bucket's name is that of an access point.</exception>
    public string ToJson() => PolicyDocument.ToText(BucketTemplates.ToCli(Plan()), indented: true);

    private BucketPlan Plan() => _s3.Bucket.StartsWith("arn:", StringComparison.Ordinal)
        ? throw new OperationStoreException(
            $"S3:BucketName is '{_s3.Bucket}', an access point, through which a bucket cannot be set up. Set it to the bucket's name where StatusBucket is used.")
        : new BucketPlan(
            _configuration,
            AwsPartition.Of(_s3.Client.Config.RegionEndpoint?.SystemName ?? _s3.Client.Config.AuthenticationRegion),
            _s3.GetEndpoint(_s3.KeyPrefix),
            _settings);

    private async Task<(ProvisioningRun Run, BucketPlan Plan)> StartAsync()
    {
        BucketPlan? plan = null;
        await RunAsync(
            async () =>
            {
                plan = Plan();
                _ = await _credentials.TakeAsync(_credentialLife).ConfigureAwait(false);
            },
            CancellationToken.None).ConfigureAwait(false);
        return (new ProvisioningRun(plan!.Parts), plan);
    }

    private async Task RunAsync(Func<Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException("set up", _s3, _s3.KeyPrefix, failed);
        }
        catch (StatusUrlException unsigned)
        {
            throw new OperationStoreException(
                $"Could not set up the bucket '{_s3.Bucket}': no AWS credentials were found, or they could not be refreshed. "
                + "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, or the role.", unsigned);
        }
    }

    private void LogParts(IEnumerable<ProvisioningPart> parts)
    {
        foreach (var part in parts)
        {
            Log.BucketPart(_logger, _s3.Bucket, part);
        }
    }
}
