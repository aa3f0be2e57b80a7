using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Options;
using OffloadedPolling.Queue;

namespace OffloadedPolling.Sqs;

/// <summary>Operations as messages of standard SQS queues.</summary>
internal sealed class SqsOperationQueue(
    SqsConnection sqs, SqsMessages sqsMessages, SqsQueueAttributes attributes, IOptionsMonitor<OperationOptions> options) : IOperationQueue
{
    // The most that any queue takes, and what one takes whose limit was never set.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    private const int MaxMessageBytes = 1024 * 1024;

    // What an accept or a message may wait for the queue's attributes, which both can do without.
    private static readonly TimeSpan _attributesPatience = TimeSpan.FromMilliseconds(100);

    // What a refused accept may wait to learn what the queue takes.
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

        try
        {
            await sqs.Client.SendMessageAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonServiceException refused) when (SqsErrors.IsInvalidContents(refused))
        {
            throw new InvalidPayloadException(kind, position: null, refused);
        }
        catch (AmazonServiceException refused) when (SqsErrors.MayBeTooLarge(refused))
        {
            throw await ToTooLargeAsync(kind, message.SizeInBytes, refused, cancellationToken).ConfigureAwait(false)
                ?? (Exception)SqsErrors.ToQueueException("send to", request.QueueUrl, sqs.Client.Config, refused);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw SqsErrors.ToQueueException("send to", request.QueueUrl, sqs.Client.Config, failed);
        }

        attributes.CountSent(kind);
    }

    // The messages are this worker's by then: whoever gives up while it is asked how often they come must not lose them.
    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken) =>
        sqsMessages.ReceiveAsync(
            kind,
            sqs.QueueUrl(kind),
            most,
            options.Get(kind).VisibilityTimeout,
            () => attributes.GetMaxReceiveCountAsync(kind, _attributesPatience, CancellationToken.None),
            cancellationToken);

    public Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        sqsMessages.DeleteAsync(sqs.QueueUrl(kind), messages, cancellationToken);

    public async Task<TimeSpan?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken)
    {
        var visibility = Shorter(options.Get(kind).VisibilityTimeout, sqsMessages.LeftToHide(message));
        if (visibility <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var request = new ChangeMessageVisibilityRequest(sqs.QueueUrl(kind), message.ReceiptHandle, SqsMessages.Seconds(visibility));
        try
        {
            await sqs.Client.ChangeMessageVisibilityAsync(request, cancellationToken).ConfigureAwait(false);
            return visibility;
        }
        catch (AmazonSQSException limited) when (SqsErrors.IsVisibilityLimit(limited))
        {
            // The message stays hidden for what it was before.
            return TimeSpan.Zero;
        }
        catch (AmazonSQSException lost) when (SqsErrors.IsLostMessage(lost))
        {
            return null;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw SqsErrors.ToQueueException("extend a message of", sqs.QueueUrl(kind), sqs.Client.Config, failed);
        }
    }

    public Task ReleaseAsync(
        string kind, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibleAfter, CancellationToken cancellationToken) =>
        sqsMessages.HideAsync("release messages of", sqs.QueueUrl(kind), messages, visibleAfter, cancellationToken);

    public ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancellationToken) =>
        attributes.GetDepthAsync(kind, _attributesPatience, cancellationToken);

    public async Task<string?> CheckAsync(string kind, CancellationToken cancellationToken) => SqsSetUp.WrongWith(
        sqs.QueueUrl(kind), await attributes.RefreshAsync(kind, cancellationToken).ConfigureAwait(false), options.Get(kind));

    // The limit was unknown, or has been lowered. Where it cannot be read, all that is known of it is that this message is over it.
    private async Task<PayloadTooLargeException?> ToTooLargeAsync(
        string kind, int size, AmazonServiceException refused, CancellationToken cancellationToken)
    {
        var limit = (await attributes.GetAsync(kind, _refusalPatience, cancellationToken).ConfigureAwait(false))?.MaxMessageBytes;
        return size > limit || SqsErrors.IsTooLarge(refused)
            ? new PayloadTooLargeException(kind, size, Math.Min(limit ?? MaxMessageBytes, size - 1), refused)
            : null;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static MessageAttributeValue Text(string value) => new() { DataType = MessageAttributes.StringType, StringValue = value };
}
