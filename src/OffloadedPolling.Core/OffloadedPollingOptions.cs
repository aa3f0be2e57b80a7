using Microsoft.Extensions.Options;

namespace OffloadedPolling;

/// <summary>The settings of a host, in the configuration section <c>OffloadedPolling</c>.</summary>
public sealed class OffloadedPollingOptions
{
    // The maximum that Signature Version 4 allows for a presigned URL: 604,800 seconds.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    private const string LongestUrl = "7.00:00:00";

    /// <summary>Gets or sets the lifetime of status URLs.</summary>
    /// <value>
    /// 1 second to 7 days, at most <see cref="MaxUrlLifetime"/>. <see langword="null"/> by default: three times the upper bound of the
    /// estimate and at least 5 minutes, but never more than <see cref="MaxUrlLifetime"/>.
    /// </value>
    [SettingRange("00:00:01", LongestUrl)]
    public TimeSpan? UrlLifetime { get; set; }

    /// <summary>Gets or sets the maximum lifetime of status URLs.</summary>
    /// <value>1 second to 7 days, which is the maximum of Signature Version 4; 1 hour by default.</value>
    [SettingRange("00:00:01", LongestUrl)]
    public TimeSpan MaxUrlLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Gets or sets the assumed lifetime of temporary credentials that report no expiration, such as those from environment variables on
    /// AWS Lambda. URLs signed with them do not live longer.
    /// </summary>
    /// <value>1 second to 7 days; 15 minutes by default.</value>
    [SettingRange("00:00:01", LongestUrl)]
    public TimeSpan UnknownCredentialLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Gets or sets a value that indicates whether status URLs and credentials are issued only over HTTPS. Loopback callers and the
    /// Development environment are exempt.
    /// </summary>
    /// <value>
    /// <see langword="true"/> by default. Behind a proxy that terminates TLS, keep it and let the host process the forwarded headers
    /// (<c>ASPNETCORE_FORWARDEDHEADERS_ENABLED=true</c> or <c>UseForwardedHeaders</c>).
    /// </value>
    public bool RequireHttps { get; set; } = true;

    /// <summary>Gets or sets the time after which an accept fails. It covers all its steps: estimate, store, issue and send.</summary>
    /// <value>1 second to 5 minutes; 10 seconds by default.</value>
    [SettingRange("00:00:01", "00:05:00")]
    public TimeSpan AcceptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long a status document is kept after its last change.</summary>
    /// <value>1 minute to 365 days; 1 day by default.</value>
    [SettingRange("00:01:00", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Gets or sets the maximum size of a status document, in bytes.</summary>
    /// <value>1,024 to 1,048,576; 16,384 by default.</value>
    [SettingRange(1024, StatusDocument.MaxBytes)]
    public int MaxDocumentBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// Gets or sets the minimum time between two progress writes of one operation. Newer progress replaces progress that was not yet
    /// written.
    /// </summary>
    /// <value>0 to 1 hour; 2 seconds by default.</value>
    [SettingRange("00:00:00", "01:00:00")]
    public TimeSpan MinProgressInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how long a stopping worker waits for running handlers before it cancels them.</summary>
    /// <value>0 to 1 hour; 25 seconds by default. The host's own shutdown timeout (30 seconds by default) must be longer.</value>
    [SettingRange("00:00:00", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);
}

[OptionsValidator]
internal sealed partial class OffloadedPollingOptionsValidator : IValidateOptions<OffloadedPollingOptions>;

internal sealed class OffloadedPollingOptionsCustomValidator(SettingsSection settings) : IValidateOptions<OffloadedPollingOptions>
{
    // Any lifetime over 7 days is out of range, which is reported already.
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options) =>
        options.UrlLifetime > options.MaxUrlLifetime && options.UrlLifetime <= TimeSpan.FromDays(7)
            ? ValidateOptionsResult.Fail($"UrlLifetime is {options.UrlLifetime}; the maximum is "
                + $"{settings.NameOf("MaxUrlLifetime")} ({options.MaxUrlLifetime}). Lower UrlLifetime, or raise MaxUrlLifetime.")
            : ValidateOptionsResult.Success;
}
