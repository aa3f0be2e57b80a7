using Microsoft.Extensions.Options;

namespace OffloadedPolling.Settings;

internal sealed class OperationOptionsValidator(SettingsSection settings) : IValidateOptions<OperationOptions>
{
    private static readonly TimeSpan _instant = TimeSpan.FromMilliseconds(1);

    // No message outlives SQS's longest retention.
    private static readonly TimeSpan _longest = TimeSpan.FromDays(14);

    public ValidateOptionsResult Validate(string? name, OperationOptions options)
    {
        var errors = new SettingErrors(settings, $"Operations:{name}:");
        errors.RequireRange(nameof(options.MaxConcurrency), options.MaxConcurrency, 1, 1000);
        errors.RequireRange(nameof(options.VisibilityTimeout), options.VisibilityTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(12));
        if (options.MaxAttempts is { } attempts)
        {
            errors.RequireRange(nameof(options.MaxAttempts), attempts, 1, 1000);
        }

        if (options is { ExpectedMedian: { } median, ExpectedUpper: { } upper })
        {
            errors.RequireRange(nameof(options.ExpectedMedian), median, _instant, _longest);
            if (upper < median || upper > _longest)
            {
                errors.RequireRange(nameof(options.ExpectedUpper), upper, median, _longest);
            }
        }
        else if (options.ExpectedMedian is not null || options.ExpectedUpper is not null)
        {
            var missing = options.ExpectedMedian is null ? nameof(options.ExpectedMedian) : nameof(options.ExpectedUpper);
            errors.Add(missing, "is missing beside its fellow. Set both, the median and the 90 % bound, or neither.");
        }

        return errors.ToResult();
    }
}
