using Amazon.S3.Model;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>A shop on S3 and SQS whose bucket allows pages to read status documents.</summary>
internal sealed class CloudShop(OrdersSettings settings, RecordingProxy s3, OrdersProcess orders) : IShop
{
    public OrdersProcess Orders { get; } = orders;

    public IReadOnlyList<RecordedRequest> StatusRequests => [.. s3.Requests.Where(request => request.Headers.ContainsKey("Origin"))];

    public static async Task<CloudShop> OpenAsync(Action<Dictionary<string, string>> configure)
    {
        var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        var cloud = await OrdersSettings.CreateAsync(s3.Address);
        await AllowPagesAsync(cloud.Bucket);
        var settings = cloud.For("All");
        configure(settings);
        return new CloudShop(cloud, s3, await OrdersProcess.StartAsync(settings));
    }

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        await s3.DisposeAsync();
        settings.Dispose();
    }

    // As docs/how-to/poll-from-a-page.md says, for any origin.
    private static async Task AllowPagesAsync(string bucket)
    {
        using var client = TestServers.NewS3Client();
        await client.PutCORSConfigurationAsync(bucket, new CORSConfiguration
        {
            Rules = [new CORSRule { AllowedOrigins = ["*"], AllowedMethods = ["GET"], ExposeHeaders = ["ETag", "Date"] }],
        });
    }
}
