using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Provisioning;

/// <summary>Checks and sets up the bucket for status documents. <c>AddProvisioning()</c> registers it.</summary>
/// <remarks>
/// Lifecycle rules, policy statements and CORS rules of third parties stay unchanged. S3 has no conditional writes for the configuration
/// of a bucket. Two processes that apply at the same time may overwrite each other's change, so let only one process apply at a time.
/// </remarks>
public sealed class StatusBucket
{
    private readonly Func<BucketPlan> _plan;
    private readonly BucketProbe _probe;
    private readonly ILogger<StatusBucket> _logger;

    internal StatusBucket(Func<BucketPlan> plan, BucketProbe probe, ILogger<StatusBucket> logger) =>
        (_plan, _probe, _logger) = (plan, probe, logger);

    /// <summary>Reports what differs from the recommended setup. Changes nothing.</summary>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The report. A part that cannot be read is <see cref="ProvisioningState.Failed"/>, with the reason.</returns>
    /// <exception cref="OperationStoreException">The bucket does not exist, or it cannot be reached or configured.</exception>
    public async Task<ProvisioningReport> CheckAsync(CancellationToken cancellationToken = default)
    {
        var plan = _plan();
        var run = new ProvisioningRun(plan.Parts);
        await run.RunAsync(apply: false, cancellationToken).ConfigureAwait(false);
        return new ProvisioningReport(plan.Resource, run.Results);
    }

    /// <summary>
    /// Adds what is missing and leaves everything else unchanged. Then writes and reads a test object. If the test fails, all applied parts
    /// are rolled back.
    /// </summary>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. On cancellation, all applied parts are rolled back.
    /// </param>
    /// <returns>The report. Parts that were applied, failed or were rolled back are also logged (events 501 to 508).</returns>
    /// <exception cref="OperationStoreException">The bucket does not exist, or it cannot be reached or configured.</exception>
    public async Task<ProvisioningReport> ApplyAsync(CancellationToken cancellationToken = default)
    {
        var plan = _plan();
        var run = new ProvisioningRun(plan.Parts);
        try
        {
            await run.RunAsync(apply: true, cancellationToken).ConfigureAwait(false);
            var probe = await _probe.RunAsync(plan.NetworkPart.NotWanted is null, cancellationToken).ConfigureAwait(false);
            if (!probe.Passed)
            {
                await run.RollBackAsync(probe.Description).ConfigureAwait(false);
                Log.BucketProbeFailed(_logger, plan.Bucket, probe.Description);
            }

            return new ProvisioningReport(plan.Resource, run.Results, probe.Description, probe.Passed);
        }
        catch
        {
            await run.RollBackAsync("The setup was interrupted before it could be verified.").ConfigureAwait(false);
            throw;
        }
        finally
        {
            Log.Parts(_logger, plan.Resource, run.Results);
        }
    }

    /// <summary>Returns a CloudFormation template, in JSON, with the bucket and its policy. Deleting the stack keeps both.</summary>
    /// <returns>The template. The same settings give the same text.</returns>
    /// <exception cref="OperationStoreException">The bucket name is the ARN of an access point.</exception>
    public string ToCloudFormation() => CloudFormation.ToText(BucketTemplates.ToCloudFormation(_plan()));

    /// <summary>
    /// Returns the input of the AWS CLI's <c>aws s3api put-…</c> commands as one JSON object: <c>publicAccessBlock</c>,
    /// <c>encryption</c>, <c>lifecycle</c>, <c>cors</c>, <c>policy</c>, and <c>notes</c>. The commands replace existing documents.
    /// </summary>
    /// <returns>The input. The same settings give the same text.</returns>
    /// <exception cref="OperationStoreException">The bucket name is the ARN of an access point.</exception>
    public string ToJson() => CloudFormation.ToText(BucketTemplates.ToCli(_plan()));
}

/// <summary>
/// Settings of the setup of the bucket, in the configuration section <c>OffloadedPolling:S3:Bucket</c>. Every switch is
/// <see langword="true"/> by default.
/// </summary>
public sealed class StatusBucketOptions
{
    /// <summary>Gets or sets a value that indicates whether all four settings of Block Public Access are on.</summary>
    public bool BlockPublicAccess { get; set; } = true;

    /// <summary>
    /// Gets or sets a value that indicates whether requests without TLS are denied. Skipped if the S3 client's address is <c>http://</c>.
    /// </summary>
    public bool TlsOnly { get; set; } = true;

    /// <summary>
    /// Gets or sets a value that indicates whether presigned requests for status documents with an old signature are denied. The maximum
    /// age is <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>, but at least two minutes.
    /// </summary>
    public bool SignatureAge { get; set; } = true;

    /// <summary>
    /// Gets or sets a value that indicates whether presigned requests for status documents are denied unless they come from
    /// <see cref="S3Options.AllowedIpRanges"/> or through <see cref="S3Options.AllowedVpcEndpoints"/>. Has no effect without either.
    /// </summary>
    public bool Network { get; set; } = true;

    /// <summary>Gets or sets a value that indicates whether pages of <see cref="S3Options.AllowedOrigins"/> may poll.</summary>
    public bool Cors { get; set; } = true;

    /// <summary>
    /// Gets or sets a value that indicates whether status documents are deleted after <see cref="OffloadedPollingOptions.Retention"/>,
    /// rounded up to whole days.
    /// </summary>
    public bool Expiry { get; set; } = true;

    /// <summary>Gets or sets a value that indicates whether old versions of status documents are deleted after a day.</summary>
    public bool NoncurrentExpiry { get; set; } = true;

    /// <summary>Gets or sets a value that indicates whether a bucket without default encryption gets it (<c>AES256</c>).</summary>
    public bool Encryption { get; set; } = true;

    /// <summary>Gets the transitions of documents to other storage classes.</summary>
    /// <value>
    /// Empty by default, which is recommended for small documents. Other classes bill at least 128 KB and 30 to 180 days for each object.
    /// Therefore, a document of 10 KB in Standard-IA costs about seven times as much as in Standard.
    /// </value>
    public IList<StatusBucketTransition> Transitions { get; } = [];

    /// <summary>Gets or sets the size, in bytes, up to which documents are not moved.</summary>
    /// <value>0 to 1,048,576; 131,072 by default.</value>
    [SettingRange(0, StatusDocument.MaxBytes)]
    public int TransitionsAboveBytes { get; set; } = 128 * 1024;
}

/// <summary>A transition of status documents to another storage class.</summary>
public sealed class StatusBucketTransition
{
    /// <summary>Gets or sets the storage class.</summary>
    /// <value><c>STANDARD_IA</c>, <c>ONEZONE_IA</c>, <c>GLACIER_IR</c>, <c>GLACIER</c> or <c>DEEP_ARCHIVE</c>.</value>
    public string StorageClass { get; set; } = "";

    /// <summary>Gets or sets the number of days after the last change of a document.</summary>
    /// <value>
    /// 0 or more. For <c>STANDARD_IA</c> and <c>ONEZONE_IA</c>, S3 requires at least 30. For <c>GLACIER</c> and <c>DEEP_ARCHIVE</c>, which
    /// status URLs cannot read, at least 1 day and at least <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>.
    /// </value>
    public int AfterDays { get; set; }
}

[OptionsValidator]
internal sealed partial class StatusBucketOptionsValidator : IValidateOptions<StatusBucketOptions>;

internal sealed class StatusBucketTransitionsValidator(IOptions<OffloadedPollingOptions> polling, SettingsSection settings)
    : IValidateOptions<StatusBucketOptions>
{
    private static readonly string[] _classes = ["STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];

    public ValidateOptionsResult Validate(string? name, StatusBucketOptions options)
    {
        try
        {
            return options.Transitions.SelectMany(WrongWith).ToResult();
        }
        catch (OptionsValidationException)
        {
            // The other settings are invalid, which their own validator reports.
            return ValidateOptionsResult.Success;
        }
    }

    private IEnumerable<string> WrongWith(StatusBucketTransition transition, int at)
    {
        var (storageClass, longestUrl) = (transition.StorageClass, polling.Value.MaxUrlLifetime);
        if (!_classes.Contains(storageClass))
        {
            yield return $"Transitions:{at}:StorageClass is '{storageClass}'. Set it to one of {string.Join(", ", _classes)}.";
        }

        // A status URL may be issued just before the last change, and it cannot read an archived object.
        var least = storageClass is "GLACIER" or "DEEP_ARCHIVE" ? Math.Max(1, BucketPlan.DaysOf(longestUrl)) : 0;
        if (least == 0 && transition.AfterDays < 0)
        {
            yield return $"Transitions:{at}:AfterDays is {transition.AfterDays}; the minimum is 0.";
        }
        else if (transition.AfterDays < least)
        {
            yield return $"Transitions:{at}:AfterDays is {transition.AfterDays}; for {storageClass}, at least {least} is required: callers "
                + $"may poll for {longestUrl} after the last change ({settings.NameOf(nameof(OffloadedPollingOptions.MaxUrlLifetime))}). "
                + $"Set it to {least} or more.";
        }
    }
}
