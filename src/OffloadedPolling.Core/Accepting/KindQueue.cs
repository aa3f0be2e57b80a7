using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Accepting;

/// <summary>Creates and sends the messages of one kind.</summary>
internal sealed class KindQueue(string kind, IOperationQueue queue)
{
    /// <summary>Creates the message of an operation whose document does not exist yet, to check that the queue accepts it.</summary>
    /// <exception cref="InvalidPayloadException">The payload contains characters that queues cannot carry.</exception>
    /// <exception cref="PayloadTooLargeException">The message is larger than the queue accepts.</exception>
    public async Task<OutgoingMessage> ComposeAsync(string statusKey, string payloadJson, CancellationToken cancellationToken)
    {
        var message = new OutgoingMessage
        {
            Body = PayloadText.Escape(kind, payloadJson),
            StatusKey = statusKey,
            // A placeholder: SendAsync replaces it with the document's own time, which has the same size.
            StatusCreatedAt = DateTimeOffset.UnixEpoch,
            TraceParent = MessageTrace.Current,
        };
        var (size, limit) = (message.SizeInBytes, await queue.GetMaxMessageBytesAsync(kind, cancellationToken).ConfigureAwait(false));
        return size <= limit ? message : throw new PayloadTooLargeException(kind, size, limit);
    }

    /// <summary>Sends the message of an operation whose document exists.</summary>
    public async Task SendAsync(OutgoingMessage message, OperationStatus status, CancellationToken cancellationToken)
    {
        using var activity = OperationActivities.Send(kind, queue.MessagingSystem, status.Id);
        try
        {
            var sent = message.With(status.CreatedAt, activity is null ? null : MessageTrace.Current);
            await queue.SendAsync(kind, sent, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            activity.Fail(failed);
            throw;
        }
    }
}
