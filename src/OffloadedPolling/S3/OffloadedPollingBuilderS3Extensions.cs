using Amazon.Extensions.NETCore.Setup;
using Amazon.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.S3;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that select Amazon S3.</summary>
public static class OffloadedPollingBuilderS3Extensions
{
    /// <summary>Stores status documents and duration profiles on Amazon S3 and issues presigned URLs to the documents.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that overrides the settings of the section <c>S3</c>.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Uses the <see cref="IAmazonS3"/> that the host registered, for example with <c>AddAWSService</c>. Otherwise, creates a client from
    /// the host's <see cref="AWSOptions"/>, or from the standard settings of AWS: <c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_S3</c>, and the
    /// default credential chain.
    /// </remarks>
    public static IOffloadedPollingBuilder WithS3(this IOffloadedPollingBuilder builder, Action<S3Options>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddSettingsSection<S3Options, S3OptionsValidator>("S3", (options, section) => section.Bind(options))
            .Configure(configure ?? (_ => { }));

        services.TryAddSingleton(provider => new S3Connection(
            provider.GetRequiredService<IOptions<S3Options>>(), provider.GetService<IAmazonS3>(), provider.GetService<AWSOptions>()));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IAwsClientSource, S3Connection>(provider => provider.GetRequiredService<S3Connection>()));
        AwsClientStart.AddTo(services);
        services.TryAddSingleton<S3WriteProbe>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, S3ConditionsStart>());
        services.TryAddSingleton<SigningCredentialsSource>();
        services.TryAddSingleton<S3StatusUrlProbe>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, S3SigningStart>());
        services.TryAddSingleton<IOperationStatusStore, S3OperationStatusStore>();
        services.TryAddSingleton<IPresignedUrlIssuer, S3PresignedUrlIssuer>();
        services.TryAddSingleton<IDurationProfileStore, S3DurationProfileStore>();
        services.TryAddSingleton<S3HttpClient>();
        return builder;
    }
}
