using Microsoft.AspNetCore.Http;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Provisioning;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Base class for tests of the bucket setup whose S3 requests go through a proxy that can fail them.</summary>
public abstract class StatusBucketFaultTestBase : IAsyncLifetime
{
    protected const string Origin = "https://shop.example.com";

    private protected RecordingProxy S3 { get; private set; } = null!;

    public async ValueTask InitializeAsync() => S3 = await RecordingProxy.StartAsync(TestServers.S3);

    public async ValueTask DisposeAsync()
    {
        await S3.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected Task<TestHost> HostAsync(Action<StatusBucketOptions>? switches = null, Action<S3Options>? settings = null) =>
        BucketHost.CreateAsync(
            s3 =>
            {
                s3.AllowedOrigins.Add(Origin);
                settings?.Invoke(s3);
            }, switches, address: S3.Address);

    protected static bool Is(HttpContext context, string method, string resource) =>
        context.Request.Method == method && context.Request.Query.ContainsKey(resource);
}
