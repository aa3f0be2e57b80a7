using Microsoft.Extensions.Options;

namespace OffloadedPolling;

/// <summary>Settings of the whole host, in the configuration section <c>OffloadedPolling</c>.</summary>
public sealed class OffloadedPollingOptions
{
    // The most that Signature Version 4 allows for a presigned URL: 604,800 seconds.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    private const string LongestUrl = "7.00:00:00";

    /// <summary>How long a status URL works.</summary>
    /// <value>
    /// 1 second to 7 days, at most <see cref="MaxUrlLifetime"/>. <see langword="null"/> unless set: derived from the estimate, three times
    /// its upper bound and at least 5 minutes.
    /// </value>
    [SettingRange("00:00:01", LongestUrl)]
    public TimeSpan? UrlLifetime { get; set; }

    /// <summary>The longest that a status URL works.</summary>
    /// <value>1 second to 7 days, which is the most that signature version 4 allows; 1 hour unless set.</value>
    [SettingRange("00:00:01", LongestUrl)]
    public TimeSpan MaxUrlLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long temporary credentials are taken to live that do not tell, as those from environment variables (AWS Lambda) do not.
    /// No URL is signed with them for longer.
    /// </summary>
    /// <value>1 second to 7 days; 15 minutes unless set.</value>
    [SettingRange("00:00:01", LongestUrl)]
    public TimeSpan UnknownCredentialLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Whether status URLs and credentials are refused to callers over plain http. Callers on the host's own machine are served either way,
    /// and everybody is in the environment <c>Development</c>.
    /// </summary>
    /// <value>
    /// <see langword="true"/> unless set. Behind a proxy that ends TLS, leave it so and have the host heed what the proxy forwards
    /// (<c>ASPNETCORE_FORWARDEDHEADERS_ENABLED=true</c>, or <c>UseForwardedHeaders</c>).
    /// </value>
    public bool RequireHttps { get; set; } = true;

    /// <summary>Gets or sets how long an accept may take: to estimate, store, issue and send together. After that it fails.</summary>
    /// <value>1 second to 5 minutes; 10 seconds by default.</value>
    [SettingRange("00:00:01", "00:05:00")]
    public TimeSpan AcceptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a status document stays after its last change.</summary>
    /// <value>1 minute to 365 days; 1 day unless set.</value>
    [SettingRange("00:01:00", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The largest status document, in bytes.</summary>
    /// <value>1,024 to 1,048,576; 16,384 unless set.</value>
    [SettingRange(1024, StatusDocument.MaxBytes)]
    public int MaxDocumentBytes { get; set; } = 16 * 1024;

    /// <summary>The least time between two progress writes of one operation. Newer progress replaces what has not been written.</summary>
    /// <value>0 to 1 hour; 2 seconds unless set.</value>
    [SettingRange("00:00:00", "01:00:00")]
    public TimeSpan MinProgressInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stopping worker lets running handlers go on before it cancels them.</summary>
    /// <value>0 to 1 hour; 25 seconds unless set. The host's own shutdown timeout (30 seconds unless set) must be longer.</value>
    [SettingRange("00:00:00", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);
}

[OptionsValidator]
internal sealed partial class OffloadedPollingOptionsValidator : IValidateOptions<OffloadedPollingOptions>;

internal sealed class OffloadedPollingOptionsCustomValidator(SettingsSection settings) : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options) => options.UrlLifetime > options.MaxUrlLifetime
        ? ValidateOptionsResult.Fail($"{nameof(options.UrlLifetime)} is {options.UrlLifetime}, longer than "
            + $"{settings.NameOf(nameof(options.MaxUrlLifetime))} ({options.MaxUrlLifetime}). Shorten it, or raise the other.")
        : ValidateOptionsResult.Success;
}
