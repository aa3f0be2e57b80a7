using Amazon.S3;
using Amazon.SecurityToken;
using Amazon.SQS;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Credentials;
using OffloadedPolling.Queue;
using OffloadedPolling.Settings;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;
using OffloadedPolling.WaitTime;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses the AWS implementations.</summary>
public static class OffloadedPollingBuilderAwsExtensions
{
    /// <summary>Keeps status documents and duration profiles on Amazon S3 and issues presigned URLs to the documents.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Settings from code, which win over the section <c>S3</c>.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Uses the <see cref="IAmazonS3"/> that the host registered, if any; its timeouts, addressing style and credentials are then the
    /// host's. Otherwise it makes a client from AWS's standard settings: <c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_S3</c>, the credential chain.
    /// </remarks>
    public static IOffloadedPollingBuilder WithS3(this IOffloadedPollingBuilder builder, Action<S3Options>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (!services.Any(service => service.ServiceType == typeof(S3Connection)))
        {
            AddS3Options(services);
        }

        services.Configure(configure ?? (_ => { }));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<S3Options>, S3OptionsValidator>());

        services.TryAddSingleton(provider => new S3Connection(provider.GetRequiredService<IOptions<S3Options>>(), provider.GetService<IAmazonS3>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAwsClientSource, S3Connection>(provider => provider.GetRequiredService<S3Connection>()));
        services.TryAddSingleton<S3WriteProbe>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, S3ConditionsStart>());
        services.TryAddSingleton<SigningCredentialsSource>();
        services.TryAddSingleton<S3StatusUrlProbe>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, S3SigningStart>());
        services.TryAddSingleton<IOperationStatusStore, S3OperationStatusStore>();
        services.TryAddSingleton<IPresignedUrlIssuer, S3PresignedUrlIssuer>();
        services.TryAddSingleton<IDurationProfileStore, S3DurationProfileStore>();
        services.TryAddSingleton<S3HttpClient>();

        // For WithSts(), or an issuer of the host's own.
        services.TryAddSingleton<IStatusCredentialsIssuer>(provider => new S3StatusCredentialsIssuer(
            provider.GetRequiredService<S3Connection>(),
            provider.GetRequiredService<IOperationStatusStore>(),
            provider.GetRequiredService<ITemporaryCredentialsIssuer>()));
        return builder;
    }

    /// <summary>
    /// Issues temporary credentials that read single status documents, by AWS's Security Token Service. <c>MapOperations</c> then maps
    /// <c>POST {pattern}/{id}/credentials</c>. Beside <see cref="WithS3"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Settings from code, which win over the section <c>Sts</c>.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Uses the <see cref="IAmazonSecurityTokenService"/> that the host registered, if any. Otherwise it makes a client from AWS's standard
    /// settings: <c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_STS</c>, the credential chain.
    /// </remarks>
    public static IOffloadedPollingBuilder WithSts(this IOffloadedPollingBuilder builder, Action<StsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<StsOptions>()
            .Configure<SettingsSection>((options, settings) => settings.Read<StsOptions>("Sts", section => section.Bind(options)))
            .Configure(configure ?? (_ => { }))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StsOptions>, StsOptionsValidator>());

        services.TryAddSingleton(provider => new StsConnection(provider.GetService<IAmazonSecurityTokenService>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAwsClientSource, StsConnection>(provider => provider.GetRequiredService<StsConnection>()));
        services.TryAddLate<ITemporaryCredentialsIssuer, StsTemporaryCredentialsIssuer>();
        return builder;
    }

    /// <summary>Sends the work through Amazon SQS. Waits are estimated from the depth of its queues.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Uses the <see cref="IAmazonSQS"/> that the host registered, if any. Otherwise it makes a client from AWS's standard settings:
    /// <c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_SQS</c>, the credential chain. Each kind's queue is its setting <c>QueueUrl</c>.
    /// </remarks>
    public static IOffloadedPollingBuilder WithSqs(this IOffloadedPollingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OperationOptions>, SqsOperationOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, SqsQueueConflictsValidator>());

        services.TryAddSingleton(provider => new SqsConnection(provider.GetRequiredService<IOptionsMonitor<OperationOptions>>(), provider.GetService<IAmazonSQS>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAwsClientSource, SqsConnection>(provider => provider.GetRequiredService<SqsConnection>()));
        services.TryAddSingleton<SqsMessages>();
        services.TryAddSingleton<SqsQueueAttributes>();
        services.TryAddSingleton<IOperationQueue, SqsOperationQueue>();
        services.TryAddSingleton<IDeadLetterQueue, SqsDeadLetterQueue>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SqsRegions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SqsRetentionWarning>());
        return builder;
    }

    // Once: the binder appends to lists.
    private static void AddS3Options(IServiceCollection services)
    {
        services.AddOptions<S3Options>()
            .Configure<SettingsSection>((options, settings) => settings.Read<S3Options>("S3", section => section.Bind(options), "Bucket"))
            .ValidateOnStart();
    }
}
