using Microsoft.Extensions.Options;

namespace OffloadedPolling.Settings;

internal sealed class OffloadedPollingOptionsValidator(SettingsSection settings) : IValidateOptions<OffloadedPollingOptions>
{
    // The most that signature version 4 allows for a presigned URL: 604,800 seconds.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    private static readonly TimeSpan _longestUrl = TimeSpan.FromDays(7);

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options)
    {
        var errors = new SettingErrors(settings);
        errors.RequireRange(nameof(options.MaxUrlLifetime), options.MaxUrlLifetime, _second, _longestUrl);
        errors.RequireRange(nameof(options.UnknownCredentialLifetime), options.UnknownCredentialLifetime, _second, _longestUrl);
        errors.RequireRange(nameof(options.AcceptTimeout), options.AcceptTimeout, _second, TimeSpan.FromMinutes(5));
        errors.RequireRange(nameof(options.Retention), options.Retention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        errors.RequireRange(nameof(options.MaxDocumentBytes), options.MaxDocumentBytes, 1024, StatusDocument.MaxBytes);
        errors.RequireRange(nameof(options.MinProgressInterval), options.MinProgressInterval, TimeSpan.Zero, TimeSpan.FromHours(1));
        errors.RequireRange(nameof(options.ShutdownTimeout), options.ShutdownTimeout, TimeSpan.Zero, TimeSpan.FromHours(1));
        if (options.UrlLifetime is { } lifetime)
        {
            errors.RequireRange(nameof(options.UrlLifetime), lifetime, _second, _longestUrl);
            if (lifetime > options.MaxUrlLifetime && lifetime <= _longestUrl)
            {
                errors.Add(nameof(options.UrlLifetime),
                    $"is {lifetime}, longer than {settings.NameOf(nameof(options.MaxUrlLifetime))} ({options.MaxUrlLifetime}). Shorten it, or raise the other.");
            }
        }

        return errors.ToResult();
    }
}
