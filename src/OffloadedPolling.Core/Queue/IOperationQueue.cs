namespace OffloadedPolling;

/// <summary>Brings payloads from hosts to workers, one queue for each operation kind, at least once and in any order.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST have made a message durable before <see cref="SendAsync"/> returns;</item>
/// <item>MUST hide a received message from others for the kind's <see cref="OperationOptions.VisibilityTimeout"/>, and redeliver it,
/// with a higher <see cref="ReceivedMessage.ReceiveCount"/>, if it has not been deleted by then;</item>
/// <item>MUST carry the body unchanged, with the status key, the document's creation time (to the millisecond) and the trace;</item>
/// <item>MUST return their depth and their largest message within 100 ms and without failing, if necessary from what they already know,
/// because every accept asks for both;</item>
/// <item>MUST reduce <see cref="ReceivedMessage.HiddenFor"/> by the time that they take after the queue has answered. So must a decorator
/// that works on received messages before it returns them, for example to decrypt them: otherwise, the worker extends a message too late
/// and another worker may receive it.</item>
/// </list>
/// </remarks>
public interface IOperationQueue
{
    /// <summary>
    /// The name of this sort of queue in traces: the attribute <c>messaging.system</c> of OpenTelemetry's conventions. The default is
    /// <c>_OTHER</c>.
    /// </summary>
    string MessagingSystem => "_OTHER";

    /// <summary>Returns how large a message of a kind may be, as its queue is currently configured.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The most bytes of a message with its attributes; if unknown, the most that any queue of this sort takes.</returns>
    ValueTask<int> GetMaxMessageBytesAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Sends a message.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The message may have been sent.</param>
    /// <returns>A task that ends when the message is durable.</returns>
    /// <exception cref="PayloadTooLargeException">The message is too large for the queue. It was not sent, and never can be.</exception>
    /// <exception cref="InvalidPayloadException">The queue cannot carry the body's characters. Nothing was sent.</exception>
    /// <exception cref="OperationQueueException">The queue could not be reached or refused.</exception>
    Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancellationToken);

    /// <summary>Receives messages. Waits for the first one for as long as the queue allows in one request.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="most">The maximum number of messages; at least 1. A queue may return fewer.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The messages; empty if none came.</returns>
    /// <exception cref="OperationQueueException">The queue could not be reached or refused.</exception>
    Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken);

    /// <summary>Deletes messages whose processing is complete.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="messages">Any number of messages.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that ends when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">At least one was not deleted, and is redelivered.</exception>
    Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>Hides a message whose handler still runs for the kind's <see cref="OperationOptions.VisibilityTimeout"/>.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The message may be hidden longer.</param>
    /// <returns>
    /// How long the message stays hidden, counted from the call of this method; <see cref="TimeSpan.Zero"/> if the queue's limit does not
    /// allow to hide it for longer than it is already hidden; <see langword="null"/> if the message no longer belongs to this receiver,
    /// because it was redelivered or deleted.
    /// </returns>
    /// <exception cref="OperationQueueException">The queue could not be reached or refused.</exception>
    Task<TimeSpan?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken);

    /// <summary>Releases messages, so that they are redelivered at once or after a delay.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="messages">Any number of messages. One that was redelivered meanwhile stays with its newer receiver.</param>
    /// <param name="visibleAfter">
    /// How long the messages stay hidden from now; zero for not at all. At most 12 hours, and possibly more than the visibility timeout. A
    /// queue with a lower limit hides them for as long as it can.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that ends when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">At least one stays hidden until its visibility timeout ends.</exception>
    Task ReleaseAsync(
        string kind, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibleAfter, CancellationToken cancellationToken);

    /// <summary>Returns how many messages a kind's queue holds.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The depth as it was last read, at most about a minute ago, plus what this process has sent since; <see langword="null"/> if it is
    /// unknown or older.
    /// </returns>
    ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Checks whether a kind's queue can be used, and whether it is set up as the settings say.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>What is set up wrongly although the queue can be used, and what to do; <see langword="null"/> if nothing.</returns>
    /// <exception cref="OperationQueueException">It cannot be used. The message says why.</exception>
    Task<string?> CheckAsync(string kind, CancellationToken cancellationToken);
}

/// <summary>The number of messages in a queue, as the queue reports it.</summary>
/// <param name="Waiting">Messages that can be received, and messages that are still delayed.</param>
/// <param name="InFlight">Messages that were received and are neither deleted nor visible again.</param>
public readonly record struct QueueDepth(int Waiting, int InFlight);

/// <summary>Thrown when a queue cannot be reached or refuses. The message names the queue and says what to do.</summary>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="cause">The cause, if there is one.</param>
public sealed class OperationQueueException(string message, Exception? cause = null) : OffloadedPollingException(message, cause);
