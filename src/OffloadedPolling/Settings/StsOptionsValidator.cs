using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using OffloadedPolling.Credentials;

namespace OffloadedPolling.Settings;

internal sealed partial class StsOptionsValidator(SettingsSection settings) : IValidateOptions<StsOptions>
{
    public ValidateOptionsResult Validate(string? name, StsOptions options)
    {
        var errors = new SettingErrors(settings, "Sts:");
        if (string.IsNullOrEmpty(options.RoleArn))
        {
            errors.Add(nameof(options.RoleArn), "is missing. Set it to the ARN of the role that may read the status documents, such as 'arn:aws:iam::123456789012:role/status-reader'.");
        }
        else if (!RoleArn().IsMatch(options.RoleArn))
        {
            errors.Add(nameof(options.RoleArn), $"is '{options.RoleArn}', which is no role's ARN. Set it to one such as 'arn:aws:iam::123456789012:role/status-reader'.");
        }

        errors.RequireRange(nameof(options.Duration), options.Duration, CredentialsDuration.Shortest, CredentialsDuration.LongestOfRole);
        return errors.ToResult();
    }

    // Other servers than AWS have no accounts: arn:aws:iam:::role/name.
    [GeneratedRegex(@"\Aarn:aws[a-z0-9-]*:iam::([0-9]{12})?:role/[\x21-\x7e]{1,600}\z")]
    private static partial Regex RoleArn();
}
