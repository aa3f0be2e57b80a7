using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>
/// Settings of Orders processes that share a bucket, a queue and an order file. AWS is configured only by its standard variables.
/// </summary>
internal sealed class OrdersSettings : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orders-").FullName;

    private OrdersSettings(string bucket, string queueUrl) => (Bucket, QueueUrl) = (bucket, queueUrl);

    public string Bucket { get; }

    public string QueueUrl { get; }

    public Uri S3 { get; init; } = TestServers.S3;

    public Uri Sqs { get; init; } = TestServers.Sqs;

    public string ProcessingTime { get; init; } = "00:00:00.05";

    public static async Task<OrdersSettings> CreateAsync(Uri? s3 = null, Uri? sqs = null, string processingTime = "00:00:00.05") =>
        new(await TestServers.NewBucketAsync(), await TestServers.NewQueueAsync())
        {
            S3 = s3 ?? TestServers.S3,
            Sqs = sqs ?? TestServers.Sqs,
            ProcessingTime = processingTime,
        };

    public Dictionary<string, string> For(string role) => new()
    {
        ["AWS_ACCESS_KEY_ID"] = TestServers.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = TestServers.SecretKey,
        ["AWS_REGION"] = TestServers.Region,
        ["AWS_ENDPOINT_URL_S3"] = S3.ToString(),
        ["AWS_ENDPOINT_URL_SQS"] = Sqs.ToString(),
        ["AWS_ENDPOINT_URL_DYNAMODB"] = TestServers.DynamoDb.ToString(),
        ["OffloadedPolling__S3__BucketName"] = Bucket,
        ["OffloadedPolling__S3__ForcePathStyle"] = "true",
        ["OffloadedPolling__Operations__orders__QueueUrl"] = QueueUrl,
        ["Orders__Role"] = role,
        ["Orders__DataSource"] = Path.Combine(_folder, "orders.db"),
        ["Orders__ProcessingTime"] = ProcessingTime,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
