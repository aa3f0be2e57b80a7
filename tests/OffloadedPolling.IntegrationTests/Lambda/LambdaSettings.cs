using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>The environment that template.yaml gives to the functions, with a new bucket, queues and table.</summary>
internal sealed class LambdaSettings
{
    private const int MaxReceiveCount = 2;

    private LambdaSettings(string bucket, string queueUrl, string deadLetterQueueUrl, string tableName) =>
        (Bucket, QueueUrl, DeadLetterQueueUrl, TableName) = (bucket, queueUrl, deadLetterQueueUrl, tableName);

    public string Bucket { get; }

    public string QueueUrl { get; }

    public string DeadLetterQueueUrl { get; }

    public string TableName { get; }

    public static async Task<LambdaSettings> CreateAsync()
    {
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(MaxReceiveCount);
        return new LambdaSettings(await TestServers.NewBucketAsync(), queue, deadLetters, await TestServers.NewTableAsync());
    }

    public Dictionary<string, string> All() => new()
    {
        ["AWS_ACCESS_KEY_ID"] = TestServers.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = TestServers.SecretKey,
        ["AWS_REGION"] = TestServers.Region,
        ["AWS_ENDPOINT_URL_S3"] = TestServers.S3.ToString(),
        ["AWS_ENDPOINT_URL_SQS"] = TestServers.Sqs.ToString(),
        ["AWS_ENDPOINT_URL_DYNAMODB"] = TestServers.DynamoDb.ToString(),
        ["OffloadedPolling__S3__BucketName"] = Bucket,
        ["OffloadedPolling__S3__ForcePathStyle"] = "true",
        ["OffloadedPolling__Operations__orders__QueueUrl"] = QueueUrl,
        ["OffloadedPolling__Operations__orders__DeadLetterQueueUrl"] = DeadLetterQueueUrl,
        ["Orders__TableName"] = TableName,
        ["Orders__FunctionTimeout"] = "00:00:20",
        ["Orders__ProcessingTime"] = "00:00:00.05",
    };
}
