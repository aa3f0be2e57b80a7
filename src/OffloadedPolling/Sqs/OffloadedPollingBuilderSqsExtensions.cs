using Amazon.Extensions.NETCore.Setup;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Sqs;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that select Amazon SQS.</summary>
public static class OffloadedPollingBuilderSqsExtensions
{
    /// <summary>Sends operations through Amazon SQS. Estimates use the depth of the queues.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Uses the <see cref="IAmazonSQS"/> that the host registered, for example with <c>AddAWSService</c>. Otherwise, creates a client from
    /// the host's <see cref="AWSOptions"/>, or from the standard settings of AWS: <c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_SQS</c>, and the
    /// default credential chain. The setting <c>QueueUrl</c> of each kind names its queue.
    /// </remarks>
    public static IOffloadedPollingBuilder WithSqs(this IOffloadedPollingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddSettingsValidator<OperationOptions, SqsOperationOptionsValidator>("Operations");
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, SqsQueueConflictsValidator>());

        services.TryAddSingleton(provider => new SqsConnection(
            provider.GetRequiredService<IOptionsMonitor<OperationOptions>>(), provider.GetService<IAmazonSQS>(),
            provider.GetService<AWSOptions>()));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IAwsClientSource, SqsConnection>(provider => provider.GetRequiredService<SqsConnection>()));
        AwsClientStart.AddTo(services);
        services.TryAddSingleton<SqsMessages>();
        services.TryAddSingleton<SqsQueueAttributes>();
        services.TryAddSingleton<IOperationQueue, SqsOperationQueue>();
        services.TryAddSingleton<IDeadLetterQueue, SqsDeadLetterQueue>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SqsRegions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SqsRetentionWarning>());
        return builder;
    }
}
