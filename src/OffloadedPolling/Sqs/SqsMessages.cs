using System.Collections.Concurrent;
using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Internal;
using Amazon.SQS.Model;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Sqs;

/// <summary>The requests about messages that every SQS queue is asked, in batches as large as SQS takes.</summary>
internal sealed class SqsMessages(SqsConnection sqs, TimeProvider time, ILogger<SqsMessages> logger)
{
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    public const int MaxBatch = 10;

    /// <summary>
    /// How long a message is hidden at most, from its receipt, with a margin for what the receive and the extension take.
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
    /// Receives messages. <paramref name="maxReceiveCount"/> is asked only when some came. What lacks something that every message has, or
    /// was altered on its way, is left alone.
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
            // A host's own client fails a whole receive for one message. It and the others are redelivered by then: each by itself.
            _oneByOneUntil[queueUrl] = Timestamps.After(time, 2 * visibility);
            throw SqsErrors.ToQueueException("receive from", queueUrl, sqs.Client.Config, corrupt);
        }

        var receivedAt = time.GetTimestamp();

        // An empty receive has no list at all.
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

    /// <summary>Hides messages for so long from now on; for no time at all, they are received again at once.</summary>
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

    /// <summary>Asks whether the queue is there, and lets itself be asked.</summary>
    public Task CheckAsync(string queueUrl, CancellationToken cancellationToken)
    {
        var request = new GetQueueAttributesRequest { QueueUrl = queueUrl, AttributeNames = [QueueAttributeName.QueueArn] };
        return sqs.RequestAsync(
            "read the attributes of", queueUrl, () => sqs.Client.GetQueueAttributesAsync(request, cancellationToken), cancellationToken);
    }

    public static int Seconds(TimeSpan visibility) => (int)Math.Ceiling(visibility.TotalSeconds);

    /// <summary>
    /// Returns how much longer SQS hides a message in all. Without its receipt that is unknown, and SQS itself refuses what is too long.
    /// </summary>
    public TimeSpan LeftToHide(ReceivedMessage message) =>
        LongestVisibility - (message.ReceivedAt is { } receivedAt ? time.GetElapsedTime(receivedAt) : TimeSpan.Zero);

    private TimeSpan WithinLimit(ReceivedMessage message, TimeSpan visibility)
    {
        // Whole seconds, rounded down: SQS refuses what is over its limit.
        var most = TimeSpan.FromSeconds(Math.Floor(LeftToHide(message).TotalSeconds));
        return visibility < most ? visibility : most > TimeSpan.Zero ? most : TimeSpan.Zero;
    }

    private static void ThrowIfAnyFailed(string verb, string queueUrl, ReceivedMessage[] batch, List<BatchResultErrorEntry>? failed)
    {
        if (failed is { Count: > 0 })
        {
            var reasons = failed.Select(entry =>
                $"{batch[int.Parse(entry.Id, CultureInfo.InvariantCulture)].Id}: {entry.Code} {entry.Message}");
            throw new OperationQueueException(
                $"Could not {verb} the queue '{queueUrl}' {failed.Count} of {batch.Length} messages; they are delivered again when "
                + $"their visibility timeout ends. {string.Join("; ", reasons)}");
        }
    }

    private static string EntryId(int index) => index.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Reads the messages of a receive.</summary>
internal static class SqsReceived
{
    /// <summary>Reads a receive count: 1 or more; <see langword="null"/> for anything else.</summary>
    public static int? ReadReceiveCount(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;

    /// <summary>Whether a message is the one that SQS sent, by its checksums.</summary>
    public static bool IsIntact(Message message) =>
        ValidationResponseHandler.CompareMD5(message.Body, message.MD5OfBody)
        && (message.MessageAttributes is not { Count: > 0 } attributes || string.IsNullOrEmpty(message.MD5OfMessageAttributes)
            || ValidationResponseHandler.CompareMD5(attributes, message.MD5OfMessageAttributes));

    /// <summary>What a message lacks, or has but unreadable; <see langword="null"/> if nothing.</summary>
    public static string? Missing(Message message) => message switch
    {
        // It decides who owns an operation: a guess could run one twice.
        _ when ReceiveCountOf(message) is null => MessageSystemAttributeName.ApproximateReceiveCount,
        // A message that names its document unreadably must not act on any.
        _ when Attribute(message, MessageAttributes.StatusCreatedAt) is not null && StatusCreatedAtOf(message) is null =>
            MessageAttributes.StatusCreatedAt,
        _ => null,
    };

    /// <summary>The message as a worker receives it, where nothing is missing.</summary>
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
