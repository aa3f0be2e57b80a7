using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Tests.Conformance;

namespace OffloadedPolling.IntegrationTests.Conformance;

/// <summary>Runs the conformance tests on S3 and SQS, with a separate bucket and queues.</summary>
public sealed class AwsProvider : IProvider
{
    private const string Prefix = "operations/";

    private readonly Dictionary<string, string> _queues = [];

    private readonly AmazonS3Client _s3 = TestServers.NewS3Client();

    private readonly AmazonSQSClient _sqs = TestServers.NewSqsClient();

    private string _bucket = "";

    private string _deadLetters = "";

    public async Task PrepareAsync()
    {
        _bucket = await TestServers.NewBucketAsync();
        (var parcels, _deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 10);
        _queues.Add("parcels", parcels);
        _queues.Add("letters", await TestServers.NewQueueAsync());
    }

    public void Choose(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton<IAmazonS3>(_ => TestServers.NewS3Client());
        builder.Services.AddSingleton<IAmazonSQS>(_ => TestServers.NewSqsClient());
        builder.WithS3(s3 => (s3.BucketName, s3.KeyPrefix) = (_bucket, Prefix)).WithSqs();
    }

    public void Configure(string kind, OperationOptions options) =>
        (options.QueueUrl, options.DeadLetterQueueUrl) = (_queues[kind], kind == "parcels" ? _deadLetters : "");

    public Task PutDocumentAsync(string statusKey, string body) =>
        _s3.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = statusKey, ContentBody = body, UseChunkEncoding = false });

    public Task DeleteDocumentAsync(string statusKey) => _s3.DeleteObjectAsync(_bucket, statusKey);

    public async Task<int> CountDocumentsAsync() =>
        (await _s3.ListObjectsV2Async(new() { BucketName = _bucket, Prefix = Prefix })).S3Objects?
            .Count(found => found.Key.EndsWith(".json", StringComparison.Ordinal)) ?? 0;

    public async Task<int> CountMessagesAsync(string kind)
    {
        var attributes = await _sqs.GetQueueAttributesAsync(_queues[kind], ["All"]);
        return attributes.ApproximateNumberOfMessages + attributes.ApproximateNumberOfMessagesNotVisible;
    }

    public ValueTask DisposeAsync()
    {
        _s3.Dispose();
        _sqs.Dispose();
        return ValueTask.CompletedTask;
    }
}
