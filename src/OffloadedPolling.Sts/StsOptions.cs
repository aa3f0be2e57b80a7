namespace OffloadedPolling.Sts;

/// <summary>Settings of the temporary credentials, in the configuration section <c>OffloadedPolling:Sts</c>.</summary>
public sealed class StsOptions
{
    /// <summary>
    /// The role that is assumed for callers. It may read all status documents; what credentials are issued with narrows that to the
    /// documents asked for.
    /// </summary>
    /// <value>Required: <c>arn:aws:iam::123456789012:role/status-reader</c>.</value>
    public string RoleArn { get; set; } = "";

    /// <summary>How long credentials work whose request does not say.</summary>
    /// <value>
    /// 15 minutes to 12 hours, at most what the role's <c>MaxSessionDuration</c> allows (an hour unless set), and an hour where the host's own
    /// credentials are temporary. 15 minutes unless set.
    /// </value>
    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(15);
}
