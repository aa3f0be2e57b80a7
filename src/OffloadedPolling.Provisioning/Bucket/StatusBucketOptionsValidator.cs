using Microsoft.Extensions.Options;

namespace OffloadedPolling.Provisioning;

internal sealed class StatusBucketOptionsValidator(SettingsSection settings, IOptions<OffloadedPollingOptions> polling) : IValidateOptions<StatusBucketOptions>
{
    private static readonly string[] _classes = ["STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];

    public ValidateOptionsResult Validate(string? name, StatusBucketOptions options)
    {
        var errors = new SettingErrors(settings, "S3:Bucket:");
        errors.RequireRange(nameof(options.TransitionsAboveBytes), options.TransitionsAboveBytes, 0, StatusDocument.MaxBytes);
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

    private void Check(SettingErrors errors, int at, StatusBucketTransition transition, TimeSpan longestUrl)
    {
        if (!_classes.Contains(transition.StorageClass))
        {
            errors.Add($"Transitions:{at}:StorageClass", $"is '{transition.StorageClass}'. Set it to one of {string.Join(", ", _classes)}.");
        }

        // A status URL may have been issued just before the last change, and it cannot read from an archive.
        var least = transition.IsArchive ? Math.Max(1, BucketPlan.DaysOf(longestUrl)) : 0;
        if (transition.AfterDays < least)
        {
            errors.Add($"Transitions:{at}:AfterDays",
                $"is {transition.AfterDays}; for {transition.StorageClass}, at least {least} is required: callers may poll for {longestUrl} "
                + $"after the last change ({settings.NameOf(nameof(OffloadedPollingOptions.MaxUrlLifetime))}). Set it to {least} or more.");
        }
    }
}
