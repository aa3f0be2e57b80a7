using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>
/// Does what AWS Lambda's pollers do: receives messages, passes them to a function as an event, and deletes those that did not fail.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html</remarks>
internal sealed class SqsEvents(IAmazonSQS sqs, string queueUrl)
{
    private const int BatchSize = 10;

    private const int WaitSeconds = 1;

    /// <summary>The queue's ARN, as events name it.</summary>
    public static async Task<string> ArnAsync(IAmazonSQS sqs, string queueUrl) =>
        (await sqs.GetQueueAttributesAsync(queueUrl, [QueueAttributeName.QueueArn])).QueueARN;

    /// <summary>Receives up to a batch of messages. Waits at most a second for the first.</summary>
    public async Task<IReadOnlyList<Message>> ReceiveAsync()
    {
        var response = await sqs.ReceiveMessageAsync(new ReceiveMessageRequest(queueUrl)
        {
            MaxNumberOfMessages = BatchSize,
            WaitTimeSeconds = WaitSeconds,
            MessageSystemAttributeNames = ["All"],
            MessageAttributeNames = ["All"],
        });
        return response.Messages ?? [];
    }

    /// <summary>Creates the event with these messages.</summary>
    public static string Event(IEnumerable<Message> messages, string arn) => new JsonObject
    {
        ["Records"] = new JsonArray([.. messages.Select(message => Record(message, arn))]),
    }.ToJsonString();

    /// <summary>Passes one batch to a function and handles its response as AWS Lambda does.</summary>
    /// <returns>Whether there was a batch.</returns>
    public async Task<bool> PumpAsync(Func<Stream, Task<Stream>> function)
    {
        if (await ReceiveAsync() is not { Count: > 0 } messages)
        {
            return false;
        }

        var arn = await ArnAsync(sqs, queueUrl);
        using var input = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(JsonNode.Parse(Event(messages, arn))));
        var failed = Failures(await function(input));
        failed.ToHashSet().Should().BeSubsetOf(messages.Select(message => message.MessageId).ToHashSet());
        foreach (var done in messages.Where(message => !failed.Contains(message.MessageId)))
        {
            await sqs.DeleteMessageAsync(queueUrl, done.ReceiptHandle);
        }

        return true;
    }

    public static IReadOnlyList<string> Failures(Stream answer)
    {
        using var json = JsonDocument.Parse(answer);
        return [.. json.RootElement.GetProperty("batchItemFailures").EnumerateArray().Select(failure =>
            failure.GetProperty("itemIdentifier").GetString()!)];
    }

    private static JsonObject Record(Message message, string arn) => new JsonObject
    {
        ["messageId"] = message.MessageId,
        ["receiptHandle"] = message.ReceiptHandle,
        ["body"] = message.Body,
        ["attributes"] = new JsonObject((message.Attributes ?? []).Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))),
        ["messageAttributes"] = new JsonObject((message.MessageAttributes ?? []).Select(each =>
            KeyValuePair.Create(each.Key, (JsonNode?)new JsonObject
            {
                ["stringValue"] = each.Value.StringValue,
                ["stringListValues"] = new JsonArray(),
                ["binaryListValues"] = new JsonArray(),
                ["dataType"] = each.Value.DataType,
            }))),
        ["md5OfBody"] = message.MD5OfBody,
        ["eventSource"] = "aws:sqs",
        ["eventSourceARN"] = arn,
        ["awsRegion"] = arn.Split(':')[3],
    };
}
