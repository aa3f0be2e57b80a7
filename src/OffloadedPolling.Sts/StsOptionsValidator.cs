using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.S3;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
namespace OffloadedPolling.Sts;

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

/// <summary>Checks that the documents that the credentials are for lie on S3.</summary>
internal sealed class StsRegistrationValidator(IServiceProviderIsService registered) : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options) => registered.IsService(typeof(S3Connection))
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            "WithSts() is called without WithS3(): there are no documents on S3 to read with temporary credentials. Call .WithS3() beside it, or leave it out.");
}
