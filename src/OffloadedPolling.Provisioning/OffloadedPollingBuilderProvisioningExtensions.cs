using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Provisioning;
using OffloadedPolling.Queue;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the set-up of bucket and queues.</summary>
public static class OffloadedPollingBuilderProvisioningExtensions
{
    /// <summary>
    /// Adds <see cref="StatusBucket"/>, which needs <c>WithS3()</c>, and <see cref="OperationQueues"/>, which needs <c>WithSqs()</c>. They change
    /// nothing unless they are called.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static IOffloadedPollingBuilder AddProvisioning(this IOffloadedPollingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;

        // Once: the binder appends to lists.
        if (services.Any(service => service.ServiceType == typeof(StatusBucket)))
        {
            return builder;
        }

        services.AddOptions<StatusBucketOptions>()
            .Configure<SettingsSection>((options, settings) =>
            {
                settings.CheckElements<StatusBucketTransition>($"S3:Bucket:{nameof(StatusBucketOptions.Transitions)}");
                settings.Read<StatusBucketOptions>("S3:Bucket", section => section.Bind(options));
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<StatusBucketOptions>, StatusBucketOptionsValidator>();
        services.AddSingleton<BucketConfiguration>();
        services.AddSingleton<BucketProbe>();
        services.AddSingleton(provider => new StatusBucket(
            provider.GetRequiredService<S3Connection>(),
            provider.GetRequiredService<SigningCredentialsSource>(),
            provider.GetRequiredService<BucketConfiguration>(),
            provider.GetRequiredService<BucketProbe>(),
            new BucketSettings(
                provider.GetRequiredService<IOptions<S3Options>>().Value,
                provider.GetRequiredService<IOptions<StatusBucketOptions>>().Value,
                provider.GetRequiredService<IOptions<OffloadedPollingOptions>>().Value),
            provider.GetRequiredService<ILogger<StatusBucket>>()));

        builder.AddSettingsSection("Queues");
        services.AddOptions<OperationQueuesOptions>()
            .Configure<SettingsSection>((options, settings) => settings.Read<OperationQueuesOptions>("Queues", section => section.Bind(options)))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<OperationQueuesOptions>, OperationQueuesOptionsValidator>();
        services.AddSingleton(provider =>
        {
            var queues = new QueueConfiguration(provider.GetRequiredService<SqsConnection>());
            return new OperationQueues(queues, () => PlanQueues(provider, queues), provider.GetRequiredService<ILogger<OperationQueues>>());
        });
        return builder;
    }

    private static IEnumerable<QueuePlan> PlanQueues(IServiceProvider provider, QueueConfiguration queues)
    {
        var switches = provider.GetRequiredService<IOptions<OperationQueuesOptions>>().Value;
        var retention = provider.GetRequiredService<IOptions<OffloadedPollingOptions>>().Value.Retention;
        var options = provider.GetRequiredService<IOptionsMonitor<OperationOptions>>();
        var section = provider.GetRequiredService<SettingsSection>().Path;
        return provider.GetRequiredService<OperationKinds>().All.Select(kind => new QueuePlan(queues, kind.Name, options.Get(kind.Name), switches, (retention, section)));
    }
}
