using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests of a host whose requests to S3 pass a proxy that can fail them.</summary>
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
