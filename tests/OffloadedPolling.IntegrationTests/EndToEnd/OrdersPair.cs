using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>An API process and a worker process that share a new bucket and a new queue.</summary>
public sealed class OrdersPair : IAsyncLifetime
{
    internal OrdersSettings Settings { get; private set; } = null!;

    internal OrdersProcess Api { get; private set; } = null!;

    internal OrdersProcess Worker { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Settings = await OrdersSettings.CreateAsync(processingTime: "00:00:00.2");
        Api = await OrdersProcess.StartAsync(Settings.For("Api"));
        Worker = await OrdersProcess.StartAsync(Settings.For("Worker"));
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Worker.DisposeAsync();
        Settings.Dispose();
    }
}
