namespace OffloadedPolling;

/// <summary>Carries payloads from hosts to workers, at least once and in any order. Each operation kind has its own queue.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST make a message durable before <see cref="SendAsync"/> returns;</item>
/// <item>MUST hide a received message from others for the kind's <see cref="OperationOptions.VisibilityTimeout"/>. If it has not been
/// deleted by then, they MUST redeliver it, with a higher <see cref="ReceivedMessage.ReceiveCount"/>;</item>
/// <item>MUST carry the body unchanged, with the status key, the document's creation time (to the millisecond) and the trace;</item>
/// <item>MUST return the depth and the maximum message size within 100 ms and without throwing, from a cache if necessary, because every
/// accept needs both;</item>
/// <item>MUST subtract the time between the queue's answer and the return from <see cref="ReceivedMessage.HiddenFor"/>. A decorator that
/// works on received messages before it returns them, for example to decrypt them, MUST do so too. Otherwise, the worker extends a message
/// too late, and another worker may receive it.</item>
/// </list>
/// </remarks>
public interface IOperationQueue
{
    /// <summary>
    /// Gets the name of this type of queue in traces, OpenTelemetry's <c>messaging.system</c>. The default is <c>_OTHER</c>.
    /// </summary>
    string MessagingSystem => "_OTHER";

    /// <summary>Returns the maximum size of a kind's messages, as its queue is currently configured.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The maximum size in bytes, including attributes. If it is unknown, the maximum of any queue of this type.</returns>
    ValueTask<int> GetMaxMessageBytesAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Sends a message.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The message may be sent nevertheless.</param>
    /// <returns>A task that ends when the message is durable.</returns>
    /// <exception cref="PayloadTooLargeException">The message is too large for the queue. It was not sent, and cannot be.</exception>
    /// <exception cref="InvalidPayloadException">The queue cannot carry a character of the body. The message was not sent.</exception>
    /// <exception cref="OperationQueueException">The queue could not be reached or refused the request.</exception>
    Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancellationToken);

    /// <summary>Receives messages. Waits for the first one as long as the queue allows in one request.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="most">The maximum number of messages; at least 1. A queue may return fewer.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The messages; empty if there are none.</returns>
    /// <exception cref="OperationQueueException">The queue could not be reached or refused the request.</exception>
    Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken);

    /// <summary>Deletes messages whose processing is complete.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="messages">Any number of messages.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that completes when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">At least one message was not deleted and is redelivered.</exception>
    Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Extends the time for which a received message stays hidden to a full <see cref="OperationOptions.VisibilityTimeout"/> from now.
    /// </summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The message may be extended nevertheless.</param>
    /// <returns>
    /// The time for which the message stays hidden, counted from the call of this method. <see cref="TimeSpan.Zero"/> if the queue's limit
    /// does not allow it to be hidden longer. <see langword="null"/> if the message no longer belongs to this receiver because it was
    /// redelivered or deleted.
    /// </returns>
    /// <exception cref="OperationQueueException">The queue could not be reached or refused the request.</exception>
    Task<TimeSpan?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken);

    /// <summary>Releases messages, so that they are redelivered immediately or after a delay.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="messages">Any number of messages. A message that was redelivered in the meantime stays with its newer receiver.</param>
    /// <param name="visibleAfter">
    /// The time for which the messages stay hidden from now, from zero to 12 hours. It may exceed the visibility timeout. A queue with a
    /// lower limit hides them as long as it can.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that completes when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">At least one message stays hidden until its visibility timeout ends.</exception>
    Task ReleaseAsync(
        string kind, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibleAfter, CancellationToken cancellationToken);

    /// <summary>Returns the number of messages in a kind's queue.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The depth as last read, at most about a minute ago, plus the messages that this process has sent since. <see langword="null"/> if
    /// the depth is unknown or older.
    /// </returns>
    ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Checks whether a kind's queue can be used, and whether it is set up as the settings require.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>What is set up wrongly although the queue can be used, and what to do; <see langword="null"/> if nothing is.</returns>
    /// <exception cref="OperationQueueException">The queue cannot be used. The message says why.</exception>
    Task<string?> CheckAsync(string kind, CancellationToken cancellationToken);
}

/// <summary>The number of messages in a queue, as the queue reports it.</summary>
/// <param name="Waiting">The number of messages that can be received or are still delayed.</param>
/// <param name="InFlight">The number of messages that were received and are neither deleted nor visible again.</param>
public readonly record struct QueueDepth(int Waiting, int InFlight);

/// <summary>
/// The exception that is thrown when a queue cannot be reached or refuses a request. The message names the queue and says what to do.
/// </summary>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="cause">The cause, if there is one.</param>
public sealed class OperationQueueException(string message, Exception? cause = null) : OffloadedPollingException(message, cause);
