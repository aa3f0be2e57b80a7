using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Base class for tests of a host whose S3 requests go through a proxy that can fail them.</summary>
public abstract class S3FaultTestBase : IAsyncLifetime
{
    private protected RecordingProxy S3 { get; private set; } = null!;

    private protected TestHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        S3 = await RecordingProxy.StartAsync(TestServers.S3);
        Host = await TestHost.CreateAsync(s3: S3.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await S3.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
