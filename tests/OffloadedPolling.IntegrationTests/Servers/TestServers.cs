using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecurityToken;
using Amazon.SQS;
using Amazon.SQS.Model;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>The servers that test.sh starts.</summary>
internal static class TestServers
{
    public const string Region = "us-east-1";

    /// <summary>The role that ceph.sh creates, and that its user can assume.</summary>
    public const string RoleArn = "arn:aws:iam:::role/status-reader";

    public static Uri S3 { get; } = new(Variable("S3"));

    public static Uri Sqs { get; } = new(Variable("SQS"));

    public static Uri DynamoDb { get; } = new(Variable("DYNAMODB"));

    public static string AccessKey { get; } = Variable("ACCESS_KEY");

    public static string SecretKey { get; } = Secrets.All.Keep(Variable("SECRET_KEY"));

    /// <summary>Gets the path of the browser's executable.</summary>
    public static string Browser { get; } = Variable("BROWSER");

    public static BasicAWSCredentials Credentials { get; } = new(AccessKey, SecretKey);

    public static AmazonS3Client NewS3Client(Uri? address = null, AWSCredentials? credentials = null) =>
        new(credentials ?? Credentials, new AmazonS3Config
        {
            ServiceURL = (address ?? S3).ToString(),
            AuthenticationRegion = Region,
            ForcePathStyle = true,
            Timeout = TimeSpan.FromSeconds(10),

            // By default, the SDK shares connections between clients. After a rejected write, Ceph's gateway returned 400 without a body
            // to another test's request on the same connection.
            CacheHttpClient = false,
        });

    /// <summary>Creates a client for STS, which the S3 gateway serves.</summary>
    public static AmazonSecurityTokenServiceClient NewStsClient(Uri? address = null, AWSCredentials? credentials = null) =>
        new(credentials ?? Credentials, new AmazonSecurityTokenServiceConfig
        {
            ServiceURL = (address ?? S3).ToString(),
            AuthenticationRegion = Region,
            Timeout = TimeSpan.FromSeconds(10),
        });

    public static AmazonSQSClient NewSqsClient(Uri? address = null) => new(Credentials, new AmazonSQSConfig
    {
        ServiceURL = (address ?? Sqs).ToString(),
        AuthenticationRegion = Region,
        Timeout = TimeSpan.FromSeconds(30),
    });

    public static AmazonDynamoDBClient NewDynamoDbClient() => new(Credentials, new AmazonDynamoDBConfig
    {
        ServiceURL = DynamoDb.ToString(),
        AuthenticationRegion = Region,
    });

    public static async Task<string> NewBucketAsync()
    {
        var name = $"test-{Guid.NewGuid():n}";
        using var s3 = NewS3Client();
        await s3.PutBucketAsync(name);
        return name;
    }

    public static async Task<string> NewQueueAsync(Dictionary<string, string>? attributes = null)
    {
        using var sqs = NewSqsClient();
        var request = new CreateQueueRequest { QueueName = $"test-{Guid.NewGuid():n}", Attributes = attributes ?? [] };
        return (await sqs.CreateQueueAsync(request)).QueueUrl;
    }

    public static async Task<(string Queue, string DeadLetters)> NewQueueWithDeadLettersAsync(int maxReceiveCount)
    {
        var (queue, deadLetters) = (await NewQueueAsync(), await NewQueueAsync());
        await SetMaxReceiveCountAsync(queue, deadLetters, maxReceiveCount);
        return (queue, deadLetters);
    }

    /// <summary>Sets how often a queue delivers a message before it goes to its dead-letter queue.</summary>
    public static async Task SetMaxReceiveCountAsync(string queue, string deadLetters, int maxReceiveCount)
    {
        using var sqs = NewSqsClient();
        var arn = (await sqs.GetQueueAttributesAsync(deadLetters, [QueueAttributeName.QueueArn])).QueueARN;
        var policy = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":{{maxReceiveCount}}}""";
        await sqs.SetQueueAttributesAsync(queue, new() { [QueueAttributeName.RedrivePolicy] = policy });
    }

    /// <summary>Creates a table for orders.</summary>
    public static async Task<string> NewTableAsync()
    {
        var name = $"orders-{Guid.NewGuid():n}";
        using var dynamoDb = NewDynamoDbClient();
        await dynamoDb.CreateTableAsync(
            name, [new KeySchemaElement("id", KeyType.HASH)], [new AttributeDefinition("id", ScalarAttributeType.S)],
            new ProvisionedThroughput(1000, 1000));
        return name;
    }

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable($"OFFLOADEDPOLLING_TEST_{name}")
        ?? throw new InvalidOperationException(
            $"OFFLOADEDPOLLING_TEST_{name} is not set: these tests need servers. Run them with ./test.sh.");
}
