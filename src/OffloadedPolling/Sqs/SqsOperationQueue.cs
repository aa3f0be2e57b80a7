using Amazon.Runtime;
using Amazon.SQS.Model;
using Microsoft.Extensions.Options;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Sqs;

/// <summary>Sends and receives operations as messages of standard SQS queues.</summary>
internal sealed class SqsOperationQueue(
    SqsConnection sqs, SqsMessages sqsMessages, SqsQueueAttributes attributes, IOptionsMonitor<OperationOptions> options) : IOperationQueue
{
    // The maximum of SQS, and the default of a queue.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    private const int MaxMessageBytes = 1024 * 1024;

    // The time that an accept or a receive waits for the queue's attributes. Neither requires them.
    private static readonly TimeSpan _attributesPatience = TimeSpan.FromMilliseconds(100);

    // The time that a rejected accept waits for the size limit of the queue.
    private static readonly TimeSpan _refusalPatience = TimeSpan.FromSeconds(1);

    public string MessagingSystem => SqsMessages.MessagingSystem;

    public async ValueTask<int> GetMaxMessageBytesAsync(string kind, CancellationToken cancellationToken) =>
        (await attributes.GetSettingsAsync(kind, _attributesPatience, cancellationToken).ConfigureAwait(false))?.MaxMessageBytes
        ?? MaxMessageBytes;

    public async Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var request = new SendMessageRequest
        {
            QueueUrl = sqs.QueueUrl(kind),
            MessageBody = message.Body,
            MessageAttributes = new Dictionary<string, MessageAttributeValue> { [MessageAttributes.StatusKey] = Text(message.StatusKey) },
        };
        if (message.StatusCreatedAt is { } createdAt)
        {
            request.MessageAttributes.Add(MessageAttributes.StatusCreatedAt, Text(StatusCreatedAtText.Format(createdAt)));
        }

        if (message.TraceParent is { } trace)
        {
            request.MessageAttributes.Add(MessageAttributes.TraceParent, Text(trace));
        }

        var (_, refusal) = await sqs.RequestAsync(
            "send to", request.QueueUrl, () => sqs.Client.SendMessageAsync(request, cancellationToken), SqsErrors.MayBeAboutMessage,
            cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            throw await ToPayloadExceptionAsync(kind, message.SizeInBytes, refusal, cancellationToken).ConfigureAwait(false)
                ?? SqsErrors.ToQueueException("send to", request.QueueUrl, sqs.Client.Config, refusal);
        }

        attributes.CountSent(kind);
    }

    // The maximum number of receives is read without the caller's token, so that a cancellation does not lose received messages.
    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken) =>
        sqsMessages.ReceiveAsync(
            kind,
            sqs.QueueUrl(kind),
            most,
            options.Get(kind).VisibilityTimeout,
            async () => (await attributes.GetSettingsAsync(kind, _attributesPatience, CancellationToken.None).ConfigureAwait(false))
                ?.MaxReceiveCount,
            cancellationToken);

    public Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        sqsMessages.DeleteAsync(sqs.QueueUrl(kind), messages, cancellationToken);

    public async Task<TimeSpan?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken)
    {
        var visibility = SqsMessages.Shorter(options.Get(kind).VisibilityTimeout, sqsMessages.LeftToHide(message));
        if (visibility <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var request = new ChangeMessageVisibilityRequest(sqs.QueueUrl(kind), message.ReceiptHandle, SqsMessages.Seconds(visibility));
        var (_, refusal) = await sqs.RequestAsync(
            "extend a message of", request.QueueUrl, () => sqs.Client.ChangeMessageVisibilityAsync(request, cancellationToken),
            SqsErrors.IsLostMessage, cancellationToken).ConfigureAwait(false);

        // At the limit of SQS, the message stays hidden as before. Otherwise, it is lost.
        return refusal is null ? visibility : SqsErrors.IsVisibilityLimit(refusal) ? TimeSpan.Zero : null;
    }

    public Task ReleaseAsync(
        string kind, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibleAfter, CancellationToken cancellationToken) =>
        sqsMessages.HideAsync("release messages of", sqs.QueueUrl(kind), messages, visibleAfter, cancellationToken);

    public ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancellationToken) =>
        attributes.GetDepthAsync(kind, _attributesPatience, cancellationToken);

    public async Task<string?> CheckAsync(string kind, CancellationToken cancellationToken) =>
        (await attributes.RefreshAsync(kind, cancellationToken).ConfigureAwait(false)).WrongWith(sqs.QueueUrl(kind), options.Get(kind));

    // The limit was unknown or has been lowered. If it cannot be read, it is only known to be below the size of this message.
    private async Task<Exception?> ToPayloadExceptionAsync(
        string kind, int size, AmazonServiceException refusal, CancellationToken cancellationToken)
    {
        if (SqsErrors.IsInvalidContents(refusal))
        {
            return new InvalidPayloadException(kind, position: null, refusal);
        }

        var limit = (await attributes.GetAsync(kind, _refusalPatience, cancellationToken).ConfigureAwait(false))?.MaxMessageBytes;
        return size > limit || SqsErrors.IsTooLarge(refusal)
            ? new PayloadTooLargeException(kind, size, Math.Min(limit ?? MaxMessageBytes, size - 1), refusal)
            : null;
    }

    private static MessageAttributeValue Text(string value) => new() { DataType = MessageAttributes.StringType, StringValue = value };
}

/// <summary>The dead-letter queues in the settings of the kinds.</summary>
internal sealed class SqsDeadLetterQueue(SqsMessages sqs, IOptionsMonitor<OperationOptions> options) : IDeadLetterQueue
{
    private static readonly TimeSpan _aside = TimeSpan.FromHours(1);

    public string MessagingSystem => SqsMessages.MessagingSystem;

    public bool IsKnown(string kind) => !string.IsNullOrEmpty(QueueUrl(kind));

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, CancellationToken cancellationToken) =>
        sqs.ReceiveAsync(kind, QueueUrl(kind), SqsMessages.MaxBatch, options.Get(kind).VisibilityTimeout, () => default, cancellationToken);

    public Task DeleteAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) =>
        sqs.DeleteAsync(QueueUrl(kind), [message], cancellationToken);

    public Task SetAsideAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) =>
        sqs.HideAsync("hide a message in", QueueUrl(kind), [message], _aside, cancellationToken);

    public Task CheckAsync(string kind, CancellationToken cancellationToken) => sqs.CheckAsync(QueueUrl(kind), cancellationToken);

    private string QueueUrl(string kind) => options.Get(kind).DeadLetterQueueUrl;
}
