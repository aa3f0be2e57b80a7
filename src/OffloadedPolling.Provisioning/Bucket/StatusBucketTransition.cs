namespace OffloadedPolling.Provisioning;

/// <summary>A move of status documents to another storage class, for those who know what it costs.</summary>
public sealed class StatusBucketTransition
{
    /// <summary>Where to: <c>STANDARD_IA</c>, <c>ONEZONE_IA</c>, <c>GLACIER_IR</c>, <c>GLACIER</c> or <c>DEEP_ARCHIVE</c>.</summary>
    /// <value>Required.</value>
    public string StorageClass { get; set; } = "";

    /// <summary>When: so many days after a document's last change.</summary>
    /// <value>At least 0; for <c>STANDARD_IA</c> and <c>ONEZONE_IA</c> at least 30; for <c>GLACIER</c> and
    /// <c>DEEP_ARCHIVE</c>, where nobody can read by a status URL, at least 1 and no less than
    /// <see cref="OffloadedPollingOptions.MaxUrlLifetime"/>.</value>
    public int AfterDays { get; set; }
}
