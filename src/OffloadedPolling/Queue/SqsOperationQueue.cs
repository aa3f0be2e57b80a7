using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Queue;

/// <summary>Operations as messages of standard SQS queues.</summary>
internal sealed class SqsOperationQueue(
    SqsConnection sqs, SqsQueueAttributes attributes, IOptionsMonitor<OperationOptions> options, TimeProvider time) : IOperationQueue
{
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    private const int MaxBatch = 10;

    // What an accept or a message may wait for the queue's attributes, which both can do without.
    private static readonly TimeSpan _attributesPatience = TimeSpan.FromMilliseconds(100);

    private static readonly List<string> _systemAttributes = [MessageSystemAttributeName.ApproximateReceiveCount];

    private static readonly List<string> _messageAttributes = [MessageAttributes.StatusKey, MessageAttributes.TraceParent];

    public int MaxMessageBytes => 1024 * 1024;

    public async Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancel)
    {
        var request = new SendMessageRequest
        {
            QueueUrl = sqs.QueueUrl(kind),
            MessageBody = message.Body,
            MessageAttributes = new Dictionary<string, MessageAttributeValue> { [MessageAttributes.StatusKey] = Text(message.StatusKey) },
        };
        if (message.TraceParent is { } trace)
        {
            request.MessageAttributes.Add(MessageAttributes.TraceParent, Text(trace));
        }

        await CallAsync("send to", kind, () => sqs.Client.SendMessageAsync(request, cancel), cancel).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancel)
    {
        var visibility = options.Get(kind).VisibilityTimeout;
        var request = new ReceiveMessageRequest
        {
            QueueUrl = sqs.QueueUrl(kind),
            MaxNumberOfMessages = Math.Min(most, MaxBatch),
            WaitTimeSeconds = (int)SqsConnection.LongestWait.TotalSeconds,
            VisibilityTimeout = (int)Math.Ceiling(visibility.TotalSeconds),
            MessageSystemAttributeNames = _systemAttributes,
            MessageAttributeNames = _messageAttributes,
        };
        var response = await CallAsync("receive from", kind, () => sqs.Client.ReceiveMessageAsync(request, cancel), cancel).ConfigureAwait(false);
        var visibleAgainAt = Timestamps.After(time, visibility);

        // An empty receive has no list at all.
        if (response.Messages is not { Count: > 0 } messages)
        {
            return [];
        }

        // The messages are this worker's by now: whoever gives up here must not lose them.
        var maxReceiveCount = await attributes.GetMaxReceiveCountAsync(kind, _attributesPatience, CancellationToken.None).ConfigureAwait(false);
        return messages.ConvertAll(message => ToReceived(message, maxReceiveCount, visibleAgainAt));
    }

    public async Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancel)
    {
        foreach (var batch in messages.Chunk(MaxBatch))
        {
            var entries = batch.Select((message, index) => new DeleteMessageBatchRequestEntry(EntryId(index), message.ReceiptHandle)).ToList();
            var request = new DeleteMessageBatchRequest(sqs.QueueUrl(kind), entries);
            var response = await CallAsync("delete from", kind, () => sqs.Client.DeleteMessageBatchAsync(request, cancel), cancel).ConfigureAwait(false);
            ThrowIfAnyFailed("delete from", kind, batch, response.Failed);
        }
    }

    public async Task<long?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancel)
    {
        var visibility = options.Get(kind).VisibilityTimeout;
        var request = new ChangeMessageVisibilityRequest(sqs.QueueUrl(kind), message.ReceiptHandle, (int)Math.Ceiling(visibility.TotalSeconds));
        // Counted from before the request: it may have taken its time.
        var visibleAgainAt = Timestamps.After(time, visibility);
        try
        {
            await sqs.Client.ChangeMessageVisibilityAsync(request, cancel).ConfigureAwait(false);
            return visibleAgainAt;
        }
        catch (AmazonSQSException lost) when (SqsErrors.IsLostMessage(lost))
        {
            return null;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancel))
        {
            throw SqsErrors.ToQueueException("extend a message of", sqs.QueueUrl(kind), failed);
        }
    }

    public async Task ReleaseAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancel)
    {
        foreach (var batch in messages.Chunk(MaxBatch))
        {
            var entries = batch.Select((message, index) =>
                new ChangeMessageVisibilityBatchRequestEntry(EntryId(index), message.ReceiptHandle) { VisibilityTimeout = 0 }).ToList();
            var request = new ChangeMessageVisibilityBatchRequest(sqs.QueueUrl(kind), entries);
            var response = await CallAsync("give back to", kind, () => sqs.Client.ChangeMessageVisibilityBatchAsync(request, cancel), cancel).ConfigureAwait(false);
            ThrowIfAnyFailed("give back to", kind, batch, response.Failed);
        }
    }

    public async ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancel) =>
        (await attributes.GetAsync(kind, _attributesPatience, cancel).ConfigureAwait(false))?.Depth;

    public Task CheckAsync(string kind, CancellationToken cancel) => attributes.FetchAsync(kind, cancel);

    private async Task<TResponse> CallAsync<TResponse>(string verb, string kind, Func<Task<TResponse>> call, CancellationToken cancel)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancel))
        {
            throw SqsErrors.ToQueueException(verb, sqs.QueueUrl(kind), failed);
        }
    }

    private void ThrowIfAnyFailed(string verb, string kind, ReceivedMessage[] batch, List<BatchResultErrorEntry>? failed)
    {
        if (failed is { Count: > 0 })
        {
            var reasons = failed.Select(entry => $"{batch[int.Parse(entry.Id, CultureInfo.InvariantCulture)].Id}: {entry.Code} {entry.Message}");
            throw new OperationQueueException(
                $"Could not {verb} the queue '{sqs.QueueUrl(kind)}' {failed.Count} of {batch.Length} messages; they are delivered again when their visibility timeout ends. {string.Join("; ", reasons)}");
        }
    }

    private static ReceivedMessage ToReceived(Message message, int? maxReceiveCount, long visibleAgainAt) => new()
    {
        Id = message.MessageId,
        ReceiptHandle = message.ReceiptHandle,
        Body = message.Body,
        StatusKey = message.MessageAttributes?.GetValueOrDefault(MessageAttributes.StatusKey)?.StringValue,
        TraceParent = message.MessageAttributes?.GetValueOrDefault(MessageAttributes.TraceParent)?.StringValue,
        ReceiveCount = int.TryParse(
            message.Attributes?.GetValueOrDefault(MessageSystemAttributeName.ApproximateReceiveCount), CultureInfo.InvariantCulture, out var count) ? count : 1,
        MaxReceiveCount = maxReceiveCount,
        VisibleAgainAt = visibleAgainAt,
    };

    private static string EntryId(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static MessageAttributeValue Text(string value) => new() { DataType = MessageAttributes.StringType, StringValue = value };
}
