using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Processing;
using OffloadedPolling.Settings;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds OffloadedPolling to a host.</summary>
public static class OffloadedPollingServiceCollectionExtensions
{
    // Known in every host, so that hosts with different providers can share one configuration.
    private static readonly string[] _ownSections = ["S3", "Sts", "Sqlite", "Operations"];

    /// <summary>Adds OffloadedPolling, with its settings from a configuration section.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section: <c>builder.Configuration.GetSection("OffloadedPolling")</c>.</param>
    /// <param name="configure">Settings from code, which win over the section's.</param>
    /// <returns>The builder to choose implementations and add operation kinds with.</returns>
    public static IOffloadedPollingBuilder AddOffloadedPolling(
        this IServiceCollection services, IConfiguration section, Action<OffloadedPollingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, section, configure);
    }

    /// <summary>Adds OffloadedPolling, with its settings from code.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">The settings; without it, the defaults.</param>
    /// <returns>The builder to choose implementations and add operation kinds with.</returns>
    public static IOffloadedPollingBuilder AddOffloadedPolling(this IServiceCollection services, Action<OffloadedPollingOptions>? configure = null) =>
        Add(services, null, configure);

    private static OffloadedPollingBuilder Add(IServiceCollection services, IConfiguration? section, Action<OffloadedPollingOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(new SettingsSection(section));
        services.TryAddSingleton(TimeProvider.System);

        services.AddOptions<OffloadedPollingOptions>()
            .Configure<SettingsSection, IEnumerable<ProviderSection>>((options, settings, providers) =>
                settings.Read<OffloadedPollingOptions>("", section => section.Bind(options), [.. _ownSections, .. providers.Select(provider => provider.Name)]))
            .Configure(configure ?? (_ => { }))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, OffloadedPollingOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, RegistrationValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OperationOptions>, OperationOptionsValidator>());

        // First, so that its message about a missing registration comes before the container's own.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RegistrationStart>());
        services.TryAddLate<OperationMetrics>();
        services.TryAddLate<OperationKinds>();
        services.TryAddLate<IWaitTimeEstimator, QueueWaitTimeEstimator>();
        services.TryAddLate<StatusPolicies>();
        services.TryAddLate<ObservedWrites>();
        services.TryAddLate<StatusTransitions>();
        services.TryAddLate<StoreCircuitBreaker>();
        services.TryAddLate<WorkerHealth>();
        services.TryAddSingleton<IWorkerHealth>(provider => provider.GetRequiredService<WorkerHealth>());
        services.TryAddLate<WorkerServices>();
        services.TryAddLate<HandlerScopes>();
        services.TryAddLate<OperationClaims>();
        services.TryAddLate<HandlerRuns>();
        services.TryAddLate<OperationCompletion>();
        services.TryAddLate<OperationRetries>();
        services.TryAddLate<MessageProcessor>();
        services.TryAddLate<AcceptSettlements>();
        services.TryAddLate<DocumentCreator>();
        services.TryAddLate<StatusUrls>();
        services.TryAddLate<OperationAccepter>();
        services.TryAddLate<IOffloadedOperations, OffloadedOperations>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AcceptSettlements>(provider => provider.GetRequiredService<AcceptSettlements>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, KindsStart>());
        return new OffloadedPollingBuilder(services);
    }
}
