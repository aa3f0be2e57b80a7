using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Creates operation kinds without a host.</summary>
internal static class TestKinds
{
    /// <summary>Returns the services that a kind needs, except those of a provider.</summary>
    public static ServiceCollection Services(RecordingLogger? log = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log ?? new RecordingLogger())).AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new OperationMetrics(provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    public static OperationKind<TPayload> Create<TPayload>(string name, JsonSerializerOptions json, IServiceCollection? services = null) =>
        new(name, json, (services ?? Services()).BuildServiceProvider());

    public static OperationKind<Parcel> Create(string name = "parcels", IServiceCollection? services = null) =>
        Create<Parcel>(name, ParcelJson.Default.Options, services);
}
