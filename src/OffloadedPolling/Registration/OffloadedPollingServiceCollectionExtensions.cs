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
using OffloadedPolling.WaitTime;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds OffloadedPolling to a host.</summary>
public static class OffloadedPollingServiceCollectionExtensions
{
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
            .Configure<SettingsSection>((options, settings) =>
                settings.Read<OffloadedPollingOptions>("", section => section.Bind(options), "S3", "Sts", "Sqlite", "Operations"))
            .Configure(configure ?? (_ => { }))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, OffloadedPollingOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, RegistrationValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OperationOptions>, OperationOptionsValidator>());

        services.TryAddSingleton<OperationMetrics>();
        services.TryAddSingleton<OperationKinds>();
        services.TryAddSingleton<DurationProfiles>();
        services.TryAddSingleton<WorkEstimates>();
        services.TryAddSingleton<IWaitTimeEstimator, QueueWaitTimeEstimator>();
        services.TryAddSingleton<CheckedEstimator>();
        services.TryAddSingleton<DurationRecorder>();
        services.TryAddSingleton<StatusPolicies>();
        services.TryAddSingleton<ObservedWrites>();
        services.TryAddSingleton<StatusTransitions>();
        services.TryAddSingleton<StoreCircuitBreaker>();
        services.TryAddSingleton<WorkerHealth>();
        services.TryAddSingleton<IWorkerHealth>(provider => provider.GetRequiredService<WorkerHealth>());
        services.TryAddSingleton<WorkerServices>();
        services.TryAddSingleton<HandlerScopes>();
        services.TryAddSingleton<OperationClaims>();
        services.TryAddSingleton<HandlerRuns>();
        services.TryAddSingleton<OperationCompletion>();
        services.TryAddSingleton<MessageProcessor>();
        services.TryAddSingleton<AcceptSettlements>();
        services.TryAddSingleton<AcceptBounds>();
        services.TryAddSingleton<StoreStep>();
        services.TryAddSingleton<IssueStep>();
        services.TryAddSingleton<IOffloadedOperations, OffloadedOperations>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AcceptSettlements>(provider => provider.GetRequiredService<AcceptSettlements>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UnknownKindSettings>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AwsClientStart>());
        return new OffloadedPollingBuilder(services);
    }
}
