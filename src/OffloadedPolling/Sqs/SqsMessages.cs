using System.Collections.Concurrent;
using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Internal;
using Amazon.SQS.Model;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Sqs;

/// <summary>Receives, hides and deletes messages of any SQS queue, in the largest batches that SQS accepts.</summary>
internal sealed class SqsMessages(SqsConnection sqs, TimeProvider time, ILogger<SqsMessages> logger)
{
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    public const int MaxBatch = 10;

    /// <summary>
    /// The maximum time for which a message is hidden after its receipt, minus a margin for the requests to receive and to extend.
    /// </summary>
    /// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html</remarks>
    public static readonly TimeSpan LongestVisibility = TimeSpan.FromHours(12) - TimeSpan.FromSeconds(10);

    // https://opentelemetry.io/docs/specs/semconv/messaging/sqs/
    public const string MessagingSystem = "aws_sqs";

    private static readonly List<string> _systemAttributes = [MessageSystemAttributeName.ApproximateReceiveCount];

    private static readonly List<string> _messageAttributes = [
        MessageAttributes.StatusKey, MessageAttributes.StatusCreatedAt, MessageAttributes.TraceParent];

    private readonly ConcurrentDictionary<string, long> _oneByOneUntil = new(StringComparer.Ordinal);

    /// <summary>
    /// Receives messages. Calls <paramref name="maxReceiveCount"/> only if there are any. Ignores messages that are incomplete or
    /// were altered in transit.
    /// </summary>
    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        string kind, string queueUrl, int most, TimeSpan visibility, Func<ValueTask<int?>> maxReceiveCount,
        CancellationToken cancellationToken)
    {
        var request = new ReceiveMessageRequest
        {
            QueueUrl = queueUrl,
            MaxNumberOfMessages = IsOneByOne(queueUrl) ? 1 : Math.Min(most, MaxBatch),
            WaitTimeSeconds = (int)sqs.ReceiveWait.TotalSeconds,
            VisibilityTimeout = Seconds(visibility),
            MessageSystemAttributeNames = _systemAttributes,
            MessageAttributeNames = _messageAttributes,
        };
        var (response, corrupt) = await sqs.RequestAsync(
            "receive from", queueUrl, () => sqs.Client.ReceiveMessageAsync(request, cancellationToken), SqsErrors.IsCorrupt,
            cancellationToken).ConfigureAwait(false);
        if (corrupt is not null)
        {
            // The host's own client fails a whole receive for one message. All of them are then redelivered one by one.
            _oneByOneUntil[queueUrl] = Timestamps.After(time, 2 * visibility);
            throw SqsErrors.ToQueueException("receive from", queueUrl, sqs.Client.Config, corrupt);
        }

        var receivedAt = time.GetTimestamp();

        // The list is null if nothing was received.
        if (response!.Messages is not { Count: > 0 } messages)
        {
            return [];
        }

        var max = await maxReceiveCount().ConfigureAwait(false);
        var hiddenFor = visibility - time.GetElapsedTime(receivedAt);
        return [.. messages.Where(message => IsWhole(kind, message))
            .Select(message => SqsReceived.Read(message, max, receivedAt, hiddenFor))];
    }

    private bool IsOneByOne(string queueUrl) => _oneByOneUntil.TryGetValue(queueUrl, out var until) && time.GetTimestamp() < until;

    private bool IsWhole(string kind, Message message)
    {
        if (sqs.Client is SqsClient && !SqsReceived.IsIntact(message))
        {
            Log.MessageCorrupt(logger, message.MessageId, kind);
            return false;
        }

        if (SqsReceived.Missing(message) is not { } missing)
        {
            return true;
        }

        Log.MessageIncomplete(logger, message.MessageId, kind, missing);
        return false;
    }

    public async Task DeleteAsync(string queueUrl, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var batch in messages.Chunk(MaxBatch))
        {
            var entries = batch.Select(
                (message, index) => new DeleteMessageBatchRequestEntry(EntryId(index), message.ReceiptHandle)).ToList();
            var request = new DeleteMessageBatchRequest(queueUrl, entries);
            var response = await sqs.RequestAsync(
                "delete from", queueUrl, () => sqs.Client.DeleteMessageBatchAsync(request, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            ThrowIfAnyFailed("delete from", queueUrl, batch, response.Failed);
        }
    }

    /// <summary>Hides messages for a time from now on. With zero, they can be received again immediately.</summary>
    public async Task HideAsync(
        string verb, string queueUrl, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibility,
        CancellationToken cancellationToken)
    {
        foreach (var batch in messages.Chunk(MaxBatch))
        {
            var entries = batch.Select((message, index) =>
                new ChangeMessageVisibilityBatchRequestEntry(
                    EntryId(index), message.ReceiptHandle) { VisibilityTimeout = Seconds(WithinLimit(message, visibility)) }).ToList();
            var request = new ChangeMessageVisibilityBatchRequest(queueUrl, entries);
            var response = await sqs.RequestAsync(
                verb, queueUrl, () => sqs.Client.ChangeMessageVisibilityBatchAsync(request, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            ThrowIfAnyFailed(verb, queueUrl, batch, response.Failed);
        }
    }

    /// <summary>Checks that the queue exists and can be accessed.</summary>
    public Task CheckAsync(string queueUrl, CancellationToken cancellationToken)
    {
        var request = new GetQueueAttributesRequest { QueueUrl = queueUrl, AttributeNames = [QueueAttributeName.QueueArn] };
        return sqs.RequestAsync(
            "read the attributes of", queueUrl, () => sqs.Client.GetQueueAttributesAsync(request, cancellationToken), cancellationToken);
    }

    public static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    public static int Seconds(TimeSpan visibility) => (int)Math.Ceiling(visibility.TotalSeconds);

    /// <summary>
    /// Returns for how much longer SQS can hide a message. If the time of its receipt is unknown, SQS itself rejects excessive values.
    /// </summary>
    public TimeSpan LeftToHide(ReceivedMessage message) =>
        LongestVisibility - (message.ReceivedAt is { } receivedAt ? time.GetElapsedTime(receivedAt) : TimeSpan.Zero);

    private TimeSpan WithinLimit(ReceivedMessage message, TimeSpan visibility)
    {
        // Rounded down to whole seconds, because SQS rejects values above its limit.
        var most = TimeSpan.FromSeconds(Math.Floor(LeftToHide(message).TotalSeconds));
        return most > TimeSpan.Zero ? Shorter(visibility, most) : TimeSpan.Zero;
    }

    private static void ThrowIfAnyFailed(string verb, string queueUrl, ReceivedMessage[] batch, List<BatchResultErrorEntry>? failed)
    {
        if (failed is { Count: > 0 })
        {
            var reasons = failed.Select(entry =>
                $"{batch[int.Parse(entry.Id, CultureInfo.InvariantCulture)].Id}: {entry.Code} {entry.Message}");
            throw new OperationQueueException(
                $"Could not {verb} the queue '{queueUrl}': {failed.Count} of {batch.Length} messages failed and are redelivered when "
                + $"their visibility timeout ends. {string.Join("; ", reasons)}");
        }
    }

    private static string EntryId(int index) => index.ToString(CultureInfo.InvariantCulture);
}

internal static class SqsReceived
{
    /// <summary>Parses a receive count. Returns <see langword="null"/> if it is not a number of at least 1.</summary>
    public static int? ReadReceiveCount(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;

    /// <summary>Returns whether a message matches its checksums.</summary>
    public static bool IsIntact(Message message) =>
        ValidationResponseHandler.CompareMD5(message.Body, message.MD5OfBody)
        && (message.MessageAttributes is not { Count: > 0 } attributes || string.IsNullOrEmpty(message.MD5OfMessageAttributes)
            || ValidationResponseHandler.CompareMD5(attributes, message.MD5OfMessageAttributes));

    /// <summary>Returns the first attribute that is missing or unreadable, or <see langword="null"/>.</summary>
    public static string? Missing(Message message) => message switch
    {
        // The count decides which worker owns an operation. A guess could run it twice.
        _ when ReceiveCountOf(message) is null => MessageSystemAttributeName.ApproximateReceiveCount,
        // A message whose document cannot be identified must not change any document.
        _ when Attribute(message, MessageAttributes.StatusCreatedAt) is not null && StatusCreatedAtOf(message) is null =>
            MessageAttributes.StatusCreatedAt,
        _ => null,
    };

    /// <summary>Converts a complete message.</summary>
    public static ReceivedMessage Read(Message message, int? maxReceiveCount, long receivedAt, TimeSpan hiddenFor) => new()
    {
        Id = message.MessageId,
        ReceiptHandle = message.ReceiptHandle,
        Body = message.Body,
        StatusKey = Attribute(message, MessageAttributes.StatusKey)?.StringValue,
        StatusCreatedAt = StatusCreatedAtOf(message),
        TraceParent = Attribute(message, MessageAttributes.TraceParent)?.StringValue,
        ReceiveCount = ReceiveCountOf(message)!.Value,
        MaxReceiveCount = maxReceiveCount,
        ReceivedAt = receivedAt,
        HiddenFor = hiddenFor,
    };

    private static int? ReceiveCountOf(Message message) =>
        ReadReceiveCount(message.Attributes?.GetValueOrDefault(MessageSystemAttributeName.ApproximateReceiveCount));

    private static DateTimeOffset? StatusCreatedAtOf(Message message) =>
        StatusCreatedAtText.Read(Attribute(message, MessageAttributes.StatusCreatedAt)?.StringValue);

    private static MessageAttributeValue? Attribute(Message message, string name) => message.MessageAttributes?.GetValueOrDefault(name);
}
