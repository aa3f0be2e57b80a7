using System.Security.Cryptography;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace OffloadedPolling.Benchmarks.Cpu;

/// <summary>Sends the same requests as the library, with hand-written SDK code.</summary>
internal sealed class BareCalls(IAmazonS3 s3, IAmazonSQS sqs, string queueUrl)
{
    public const string Bucket = "status";

    private static readonly OperationStatus _waiting = JsonSerializer.Deserialize(
        """
        {"id":"0","kind":"orders","status":"NotStarted","createdAt":"2026-01-01T00:00:00Z","lastUpdatedAt":"2026-01-01T00:00:00Z",
        "expiresAt":"2026-01-01T00:00:00Z"}
        """,
        OperationJson.Status)!;

    public async Task AcceptAsync(CpuOrder order)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var key = $"operations/{id}.json";
        var now = DateTimeOffset.UtcNow;
        var status = _waiting with { Id = id, CreatedAt = now, LastUpdatedAt = now, ExpiresAt = now.AddDays(1) };
        await PutAsync(key, status, ifMatch: null);
        await s3.GetPreSignedURLAsync(
            new GetPreSignedUrlRequest { BucketName = Bucket, Key = key, Expires = DateTime.UtcNow.AddMinutes(15) });
        await sqs.SendMessageAsync(new SendMessageRequest
        {
            QueueUrl = queueUrl,
            MessageBody = JsonSerializer.Serialize(order, CpuJson.Default.CpuOrder),
            MessageAttributes = new()
            {
                ["StatusKey"] = new() { DataType = "String", StringValue = key },
                ["StatusCreatedAt"] = new() { DataType = "String", StringValue = now.ToString("O") },
            },
        });
    }

    /// <summary>Receives and processes messages until there are none.</summary>
    public async Task WorkAsync()
    {
        while (true)
        {
            var received = await sqs.ReceiveMessageAsync(new ReceiveMessageRequest
            {
                QueueUrl = queueUrl, MaxNumberOfMessages = 10, WaitTimeSeconds = 20, VisibilityTimeout = 30,
                MessageSystemAttributeNames = ["ApproximateReceiveCount"],
                MessageAttributeNames = ["StatusKey", "StatusCreatedAt", "traceparent"],
            });
            if (received.Messages is not { Count: > 0 } messages)
            {
                return;
            }

            await Task.WhenAll(messages.Select(WorkAsync));
            await sqs.DeleteMessageBatchAsync(new DeleteMessageBatchRequest(
                queueUrl, [.. messages.Select((message, index) => new DeleteMessageBatchRequestEntry($"{index}", message.ReceiptHandle))]));
        }
    }

    private async Task WorkAsync(Message message)
    {
        var key = message.MessageAttributes["StatusKey"].StringValue;
        _ = JsonSerializer.Deserialize(message.Body, CpuJson.Default.CpuOrder);
        using var found = await s3.GetObjectAsync(new GetObjectRequest { BucketName = Bucket, Key = key });
        var status = (await JsonSerializer.DeserializeAsync(found.ResponseStream, OperationJson.Status))!;
        var claimed = await PutAsync(key, status with { Attempt = 1 }, found.ETag);
        await PutAsync(
            key, status with { Attempt = 1, Result = JsonSerializer.SerializeToElement("done", CpuJson.Default.String) }, claimed);
    }

    private async Task<string> PutAsync(string key, OperationStatus status, string? ifMatch)
    {
        var response = await s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Bucket,
            Key = key,
            InputStream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(status, OperationJson.Status)),
            ContentType = "application/json",
            Headers = { CacheControl = "no-store" },
            IfNoneMatch = ifMatch is null ? "*" : null,
            IfMatch = ifMatch,
            UseChunkEncoding = false,
        });
        return response.ETag;
    }
}
