using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Provisioning;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add the setup of the bucket and the queues.</summary>
public static class OffloadedPollingBuilderProvisioningExtensions
{
    /// <summary>
    /// Adds <see cref="StatusBucket"/>, which requires <c>WithS3()</c>, and <see cref="OperationQueues"/>, which requires <c>WithSqs()</c>.
    /// They change nothing until you call them.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static IOffloadedPollingBuilder AddProvisioning(this IOffloadedPollingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;

        // Only once, because the binder appends to lists.
        if (services.Any(service => service.ServiceType == typeof(StatusBucket)))
        {
            return builder;
        }

        services.AddSettings<StatusBucketOptions, StatusBucketOptionsValidator>("S3:Bucket", (options, section) => section.Bind(options))
            .Configure<SettingsSection>((_, settings) => CheckTransitions(settings));
        services.AddSettingsValidator<StatusBucketOptions, StatusBucketTransitionsValidator>("S3:Bucket");
        services.AddSingleton<BucketConfiguration>();
        services.AddSingleton<BucketProbe>();
        services.AddSingleton(NewStatusBucket);

        services.AddSettings<OperationQueuesOptions, OperationQueuesOptionsValidator>(
            "Queues", (options, section) => section.Bind(options));
        services.AddSingleton<QueueConfiguration>();
        services.AddSingleton(NewOperationQueues);
        return builder;
    }

    // The binder ignores misspelled settings of elements.
    private static void CheckTransitions(SettingsSection settings)
    {
        foreach (var at in settings.SectionsOf("S3:Bucket:Transitions"))
        {
            settings.Read($"S3:Bucket:Transitions:{at}", new StatusBucketTransition(), (_, _) => { });
        }
    }

    private static StatusBucket NewStatusBucket(IServiceProvider provider) => new(
        () => PlanBucket(provider), provider.GetRequiredService<BucketProbe>(), provider.GetRequiredService<ILogger<StatusBucket>>());

    private static OperationQueues NewOperationQueues(IServiceProvider provider) =>
        new(() => PlanQueues(provider), provider.GetRequiredService<ILogger<OperationQueues>>());

    private static BucketPlan PlanBucket(IServiceProvider provider) => new(provider.GetRequiredService<BucketConfiguration>(),
        Options<S3Options>(provider), Options<StatusBucketOptions>(provider), Options<OffloadedPollingOptions>(provider));

    private static IEnumerable<QueuePlan> PlanQueues(IServiceProvider provider) =>
        provider.GetRequiredService<OperationKinds>().All.Select(kind => new QueuePlan(
            provider.GetRequiredService<QueueConfiguration>(),
            kind.Name,
            provider.GetRequiredService<IOptionsMonitor<OperationOptions>>().Get(kind.Name),
            Options<OperationQueuesOptions>(provider),
            Options<OffloadedPollingOptions>(provider).Retention,
            provider.GetRequiredService<SettingsSection>().Path));

    private static T Options<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(
        IServiceProvider provider) where T : class => provider.GetRequiredService<IOptions<T>>().Value;
}
