using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.S3;

namespace OffloadedPolling.Sts;

/// <summary>Settings of temporary credentials, in the configuration section <c>OffloadedPolling:Sts</c>.</summary>
public sealed class StsOptions
{
    /// <summary>
    /// Gets or sets the ARN of the role that is assumed for callers. The role may read all status documents; a session policy limits the
    /// credentials to the requested documents.
    /// </summary>
    /// <value>
    /// Required, for example <c>arn:aws:iam::123456789012:role/status-reader</c>. Optional if the host registers its
    /// own <see cref="ITemporaryCredentialsIssuer"/>.
    /// </value>
    [RoleArn]
    public string RoleArn { get; set; } = "";

    /// <summary>Gets or sets the lifetime of credentials whose request does not specify one.</summary>
    /// <value>
    /// 15 minutes to 12 hours; 15 minutes by default. The maximum is also limited by the <c>MaxSessionDuration</c> of the role (1 hour by
    /// default), and is 1 hour if the host's own credentials are temporary.
    /// </value>
    [SettingRange("00:15:00", "12:00:00")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(15);
}

/// <summary>Accepts the ARN of a role, or no value.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed partial class RoleArnAttribute : ValidationAttribute
{
    public const string Example = "arn:aws:iam::123456789012:role/status-reader";

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is null or "" || (value is string arn && RoleArn().IsMatch(arn)) ? ValidationResult.Success : new(
            $"{validationContext.MemberName} is '{value}', which is not the ARN of a role. Set it to one such as '{Example}'.");

    // Servers other than AWS have no accounts: arn:aws:iam:::role/name.
    [GeneratedRegex(@"\Aarn:aws[a-z0-9-]*:iam::([0-9]{12})?:role/[\x21-\x7e]{1,600}\z")]
    private static partial Regex RoleArn();
}

[OptionsValidator]
internal sealed partial class StsOptionsValidator : IValidateOptions<StsOptions>;

/// <summary>Requires a role, unless the host registered its own issuer, before or after <c>WithSts</c>.</summary>
internal sealed class StsRoleValidator(StsIssuerRegistration issuer) : IValidateOptions<StsOptions>
{
    public ValidateOptionsResult Validate(string? name, StsOptions options) =>
        options.RoleArn is { Length: > 0 } || !issuer.IsUsed ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(
            $"{nameof(options.RoleArn)} is missing. Set it to the ARN of a role that reads status documents, such as "
            + $"'{RoleArnAttribute.Example}'.");
}

/// <summary>Determines whether the host uses the issuer that <c>WithSts</c> registers.</summary>
internal sealed class StsIssuerRegistration(IServiceCollection services)
{
    /// <summary>Gets the registration. It is a single instance, to distinguish it from the host's.</summary>
    public static ServiceDescriptor Issuer { get; } = ServiceDescriptor.Singleton<ITemporaryCredentialsIssuer>(
        provider => ActivatorUtilities.CreateInstance<StsTemporaryCredentialsIssuer>(provider));

    public bool IsUsed => Issuer == services.LastOrDefault(
        service => !service.IsKeyedService && service.ServiceType == typeof(ITemporaryCredentialsIssuer));
}

/// <summary>Checks that status documents are on S3.</summary>
internal sealed class StsRegistrationValidator(IServiceProviderIsService registered) : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options) => registered.IsService(typeof(S3Connection))
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            "WithSts() is called without WithS3(), so there are no documents on S3 to read with temporary credentials. "
            + "Call .WithS3() as well, or remove WithSts().");
}
