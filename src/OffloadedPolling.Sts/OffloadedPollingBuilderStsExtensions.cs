using Amazon.Extensions.NETCore.Setup;
using Amazon.SecurityToken;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Sts;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add temporary credentials.</summary>
public static class OffloadedPollingBuilderStsExtensions
{
    /// <summary>
    /// Issues temporary credentials for reading single status documents, with AWS Security Token Service (STS) or the host's own
    /// <see cref="ITemporaryCredentialsIssuer"/>. <c>MapOperations</c> then also maps <c>POST {pattern}/{id}/credentials</c>. Requires
    /// <c>WithS3()</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that overrides the settings of the section <c>Sts</c>.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Uses the <see cref="IAmazonSecurityTokenService"/> that the host registered, for example with <c>AddAWSService</c>. Otherwise,
    /// creates a client from the host's <see cref="AWSOptions"/>, or from the standard settings of AWS: <c>AWS_REGION</c>,
    /// <c>AWS_ENDPOINT_URL_STS</c>, and the default credential chain.
    /// </remarks>
    public static IOffloadedPollingBuilder WithSts(this IOffloadedPollingBuilder builder, Action<StsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddSettingsSection<StsOptions, StsOptionsValidator>("Sts", (options, section) => section.Bind(options))
            .Configure(configure ?? (_ => { }));
        services.AddSettingsValidator<StsOptions, StsRoleValidator>("Sts");
        services.TryAddSingleton(provider =>
            new StsConnection(provider.GetService<IAmazonSecurityTokenService>(), provider.GetService<AWSOptions>()));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IAwsClientSource, StsConnection>(provider => provider.GetRequiredService<StsConnection>()));
        AwsClientStart.AddTo(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, StsRegistrationValidator>());
        services.TryAdd(StsIssuerRegistration.Issuer);
        services.TryAddSingleton(new StsIssuerRegistration(services));
        services.TryAddLate<IStatusCredentialsIssuer, S3StatusCredentialsIssuer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IOperationEndpoints, CredentialsEndpoint>());
        return builder;
    }
}
