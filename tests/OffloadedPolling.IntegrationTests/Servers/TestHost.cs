using Amazon.S3;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>The library in a service container without a host, with its own bucket and queue.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private TestHost(ServiceProvider services, string bucket, string queueUrl) =>
        (Services, Bucket, QueueUrl) = (services, bucket, queueUrl);

    public ServiceProvider Services { get; }

    public string Bucket { get; }

    public string QueueUrl { get; }

    public IOperationStatusStore Store => Services.GetRequiredService<IOperationStatusStore>();

    public IOperationQueue Queue => Services.GetRequiredService<IOperationQueue>();

    public IPresignedUrlIssuer Issuer => Services.GetRequiredService<IPresignedUrlIssuer>();

    public IOffloadedOperations Operations => Services.GetRequiredService<IOffloadedOperations>();

    public RecordingLogger Log => Services.GetRequiredService<RecordingLogger>();

    public static async Task<TestHost> CreateAsync(
        Uri? s3 = null, Uri? sqs = null, string? bucket = null, string? queueUrl = null, TimeProvider? time = null,
        Action<OffloadedPollingOptions>? options = null, Action<OperationOptions>? operation = null,
        Action<IOffloadedPollingBuilder>? build = null)
    {
        bucket ??= await TestServers.NewBucketAsync();
        queueUrl ??= await TestServers.NewQueueAsync();
        var services = new ServiceCollection();
        services.AddSingleton<RecordingLogger>();
        services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<RecordingLogger>());
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton<IAmazonS3>(_ => TestServers.NewS3Client(s3));
        services.AddSingleton<IAmazonSQS>(_ => TestServers.NewSqsClient(sqs));
        var builder = services.AddOffloadedPolling(options ?? (_ => { }))
            .WithS3(settings => settings.BucketName = bucket)
            .WithSqs()
            .AddOperation<Parcel>("parcels", ParcelJson.Default, settings =>
            {
                settings.QueueUrl = queueUrl;
                operation?.Invoke(settings);
            });
        build?.Invoke(builder);
        return new TestHost(services.BuildServiceProvider(), bucket, queueUrl);
    }

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
