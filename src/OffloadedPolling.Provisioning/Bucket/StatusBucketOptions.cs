using Microsoft.Extensions.Options;

namespace OffloadedPolling.Provisioning;

/// <summary>Settings of the bucket's set-up, in the configuration section <c>OffloadedPolling:S3:Bucket</c>.</summary>
public sealed class StatusBucketOptions
{
    /// <summary>Gets or sets a value that indicates whether all four settings of Block Public Access are on.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool BlockPublicAccess { get; set; } = true;

    /// <summary>Gets or sets a value that indicates whether requests without TLS are denied.</summary>
    /// <value><see langword="true"/> by default. Skipped if the S3 client's address is <c>http://</c>.</value>
    public bool TlsOnly { get; set; } = true;

    /// <summary>
    /// Gets or sets a value that indicates whether presigned requests for status documents are denied when their signature is older than
    /// <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>, or than two minutes if that is shorter.
    /// </summary>
    /// <value><see langword="true"/> by default.</value>
    public bool SignatureAge { get; set; } = true;

    /// <summary>
    /// Gets or sets a value that indicates whether presigned requests for status documents are denied unless they come from
    /// <see cref="S3Options.AllowedIpRanges"/> or through <see cref="S3Options.AllowedVpcEndpoints"/>. Has no effect without either.
    /// </summary>
    /// <value><see langword="true"/> by default.</value>
    public bool Network { get; set; } = true;

    /// <summary>Gets or sets a value that indicates whether pages of <see cref="S3Options.AllowedOrigins"/> may poll.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool Cors { get; set; } = true;

    /// <summary>Gets or sets a value that indicates whether status documents are deleted after their retention.</summary>
    /// <value><see langword="true"/> by default. <see cref="OffloadedPollingOptions.Retention"/> is rounded up to whole days.</value>
    public bool Expiry { get; set; } = true;

    /// <summary>Gets or sets a value that indicates whether old versions of status documents are deleted after a day.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool NoncurrentExpiry { get; set; } = true;

    /// <summary>Gets or sets a value that indicates whether a bucket without default encryption gets it (<c>AES256</c>).</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool Encryption { get; set; } = true;

    /// <summary>Gets the moves to other storage classes before the expiry.</summary>
    /// <value>Empty by default, which is right for status documents: they are small and short-lived.</value>
    public IList<StatusBucketTransition> Transitions { get; } = [];

    /// <summary>Gets or sets the size, in bytes, up to which documents do not move.</summary>
    /// <value>0 to 1,048,576; 131,072 by default.</value>
    public int TransitionsAboveBytes { get; set; } = 128 * 1024;
}

/// <summary>A move of status documents to another storage class.</summary>
public sealed class StatusBucketTransition
{
    /// <summary>Gets or sets the storage class.</summary>
    /// <value><c>STANDARD_IA</c>, <c>ONEZONE_IA</c>, <c>GLACIER_IR</c>, <c>GLACIER</c> or <c>DEEP_ARCHIVE</c>.</value>
    public string StorageClass { get; set; } = "";

    /// <summary>Gets or sets the number of days after a document's last change.</summary>
    /// <value>
    /// 0 or more. For <c>GLACIER</c> and <c>DEEP_ARCHIVE</c>, where status URLs cannot read, at least 1 and at least
    /// <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>.
    /// </value>
    public int AfterDays { get; set; }

    internal bool IsArchive => StorageClass is "GLACIER" or "DEEP_ARCHIVE";
}

internal sealed class StatusBucketOptionsValidator(SettingsSection settings, IOptions<OffloadedPollingOptions> polling)
    : IValidateOptions<StatusBucketOptions>
{
    private static readonly string[] _classes = ["STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];

    public ValidateOptionsResult Validate(string? name, StatusBucketOptions options)
    {
        var errors = new List<string>();
        if (options.TransitionsAboveBytes is < 0 or > StatusDocument.MaxBytes)
        {
            errors.Add($"{nameof(options.TransitionsAboveBytes)} is {options.TransitionsAboveBytes}. Set it to between 0 and "
                + $"{StatusDocument.MaxBytes}.");
        }

        try
        {
            for (var at = 0; at < options.Transitions.Count; at++)
            {
                Check(errors, at, options.Transitions[at], polling.Value.MaxUrlLifetime);
            }
        }
        catch (OptionsValidationException)
        {
            // Their own validator reports what is wrong with those settings.
        }

        return errors.ToResult();
    }

    private void Check(List<string> errors, int at, StatusBucketTransition transition, TimeSpan longestUrl)
    {
        if (!_classes.Contains(transition.StorageClass))
        {
            var classes = string.Join(", ", _classes);
            errors.Add($"Transitions:{at}:StorageClass is '{transition.StorageClass}'. Set it to one of {classes}.");
        }

        var setting = settings.NameOf(nameof(OffloadedPollingOptions.MaxUrlLifetime));

        // A status URL may have been issued just before the last change, and it cannot read from an archive.
        var least = transition.IsArchive ? Math.Max(1, BucketPlan.DaysOf(longestUrl)) : 0;
        if (transition.AfterDays < least)
        {
            errors.Add(
                $"Transitions:{at}:AfterDays is {transition.AfterDays}; for {transition.StorageClass}, at least {least} is required: "
                + "callers may poll for "
                + $"{longestUrl} after the last change ({setting}). Set it to {least} or more.");
        }
    }
}
