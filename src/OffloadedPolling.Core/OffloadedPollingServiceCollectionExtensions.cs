using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Processing;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add OffloadedPolling to a host.</summary>
public static class OffloadedPollingServiceCollectionExtensions
{
    /// <summary>
    /// Adds OffloadedPolling with settings from a configuration section. If several calls pass a section, the first one is used.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section: <c>builder.Configuration.GetSection("OffloadedPolling")</c>.</param>
    /// <param name="configure">Configures settings from code, which override the section.</param>
    /// <returns>The builder to choose implementations and add operation kinds with.</returns>
    public static IOffloadedPollingBuilder AddOffloadedPolling(
        this IServiceCollection services, IConfiguration section, Action<OffloadedPollingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, section, configure);
    }

    /// <summary>Adds OffloadedPolling with settings from code.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Configures the settings. If it is missing, the defaults apply.</param>
    /// <returns>The builder to choose implementations and add operation kinds with.</returns>
    public static IOffloadedPollingBuilder AddOffloadedPolling(
        this IServiceCollection services, Action<OffloadedPollingOptions>? configure = null) =>
        Add(services, null, configure);

    private static OffloadedPollingBuilder Add(
        IServiceCollection services, IConfiguration? section, Action<OffloadedPollingOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (section is not null)
        {
            services.TryAddSingleton(new ConfiguredSection(section));
        }

        services.TryAddSingleton(provider => new SettingsSection(
            provider.GetService<ConfiguredSection>()?.Section, provider.GetServices<KnownSection>()));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings<OffloadedPollingOptions, OffloadedPollingOptionsValidator>("", (options, settings) => settings.Bind(options))
            .Configure(configure ?? (_ => { }));
        services.AddSettingsValidator<OffloadedPollingOptions, OffloadedPollingOptionsCustomValidator>("");
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OffloadedPollingOptions>, RegistrationValidator>());

        // First, so that its message about a missing registration comes before the container's.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RegistrationStart>());
        services.TryAddSingleton<OperationMetrics>();
        services.TryAddSingleton<OperationKinds>();
        services.TryAddSingleton<IWaitTimeEstimator, QueueWaitTimeEstimator>();
        services.TryAddSingleton<StatusPolicies>();
        services.TryAddLate<ObservedWrites>();
        services.TryAddLate<StatusTransitions>();
        services.TryAddLate<StoreCircuitBreaker>();
        services.TryAddSingleton<IWorkerHealth>(provider => provider.GetRequiredService<WorkerContext>());
        services.TryAddLate<WorkerContext>();
        services.TryAddLate<OperationClaimer>();
        services.TryAddSingleton<OperationRunner>();
        services.TryAddSingleton<OperationCompleter>();
        services.TryAddSingleton<MessageProcessor>();
        services.TryAddLate<AcceptSettlements>();
        services.TryAddLate<DocumentCreator>();
        services.TryAddLate<StatusUrls>();
        services.TryAddLate<OperationAccepter>();
        services.TryAddLate<IOffloadedOperations, OffloadedOperations>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IHostedService, AcceptSettlements>(provider => provider.GetRequiredService<AcceptSettlements>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, KindsStart>());
        return new OffloadedPollingBuilder(services);
    }
}

/// <summary>
/// Registers services that need a port through factories, which the container does not validate. Otherwise, it would report every service
/// that lacks a port. <see cref="RegistrationValidator"/> reports once which call is missing.
/// </summary>
internal static class PortDependentRegistration
{
    private const DynamicallyAccessedMemberTypes Made = DynamicallyAccessedMemberTypes.PublicConstructors;

    public static void TryAddLate<[DynamicallyAccessedMembers(Made)] TService>(this IServiceCollection services)
        where TService : class => services.TryAddLate<TService, TService>();

    public static void TryAddLate<TService, [DynamicallyAccessedMembers(Made)] TImplementation>(this IServiceCollection services)
        where TService : class
        where TImplementation : class, TService =>
        services.TryAddSingleton<TService>(provider => ActivatorUtilities.CreateInstance<TImplementation>(provider));
}
