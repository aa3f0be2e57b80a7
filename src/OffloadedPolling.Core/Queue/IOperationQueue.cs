namespace OffloadedPolling;

/// <summary>Brings payloads from hosts to workers, one queue for each operation kind, at least once and in any order.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST have made a message durable before <see cref="SendAsync"/> returns;</item>
/// <item>MUST hide a received message from others for the kind's <see cref="OperationOptions.VisibilityTimeout"/>, and deliver it again,
/// with a higher <see cref="ReceivedMessage.ReceiveCount"/>, when it has not been deleted by then;</item>
/// <item>MUST carry the body unchanged, with the status key, the document's creation time (to the millisecond) and the trace;</item>
/// <item>MUST tell their depth and their largest message within 100 ms and without failing, as every accept asks for both: from what they
/// know already, if need be.</item>
/// </list>
/// </remarks>
public interface IOperationQueue
{
    /// <summary>
    /// What traces call this sort of queue: the attribute <c>messaging.system</c> of OpenTelemetry's conventions. <c>_OTHER</c> unless
    /// told.
    /// </summary>
    string MessagingSystem => "_OTHER";

    /// <summary>Returns how large a message of a kind may be, as its queue is configured at the moment.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The most bytes that a message may have, its attributes included; where that is unknown, the most that any queue of this sort takes.
    /// </returns>
    ValueTask<int> GetMaxMessageBytesAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Sends a message.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. Whether the message was sent is then unknown.
    /// </param>
    /// <returns>A task that ends when the message is durable.</returns>
    /// <exception cref="PayloadTooLargeException">
    /// The message is larger than the queue takes. It was not sent, and never can be.
    /// </exception>
    /// <exception cref="InvalidPayloadException">
    /// The queue cannot carry the characters of the body. It was not sent, and never can be.
    /// </exception>
    /// <exception cref="OperationQueueException">The queue could not be reached or refuses.</exception>
    Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancellationToken);

    /// <summary>Receives messages, waiting for the first for as long as the queue allows in one request.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="most">How many at most; at least 1. A queue may give fewer.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The messages; none, if none came.</returns>
    /// <exception cref="OperationQueueException">The queue could not be reached or refuses.</exception>
    Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken);

    /// <summary>Deletes messages that are done with.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="messages">Any number of messages.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that ends when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">At least one was not deleted, and will be delivered again.</exception>
    Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Hides a message from other receivers for the kind's <see cref="OperationOptions.VisibilityTimeout"/>: its handler still runs.
    /// </summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">
    /// The token to monitor for cancellation requests. How long the message stays hidden is then unknown.
    /// </param>
    /// <returns>
    /// How long the message stays hidden, counted from when this method was called; <see cref="TimeSpan.Zero"/> if the queue hides no
    /// message for longer than this one is hidden already; <see langword="null"/> if the message is no longer this receiver's, because it
    /// was redelivered or deleted.
    /// </returns>
    /// <exception cref="OperationQueueException">The queue could not be reached or refuses.</exception>
    Task<TimeSpan?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken);

    /// <summary>Releases messages, so that they are delivered again at once or after a delay.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="messages">Any number of messages.</param>
    /// <param name="visibleAfter">
    /// How long the messages stay hidden, from now; zero: not at all. It may be longer than the kind's visibility timeout, up to 12 hours;
    /// a queue that hides no message for so long hides it for as long as it can.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// A task that ends when the queue has answered. A message that was redelivered meanwhile stays with its newer receiver.
    /// </returns>
    /// <exception cref="OperationQueueException">At least one stays hidden until its visibility timeout ends.</exception>
    Task ReleaseAsync(
        string kind, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibleAfter, CancellationToken cancellationToken);

    /// <summary>Tells how many messages a kind's queue holds.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>
    /// The depth as it was last read, at most about a minute ago, plus what this process has sent since; <see langword="null"/> if it is
    /// unknown or older.
    /// </returns>
    ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Asks whether a kind's queue can be used at all, and is set up as the settings say.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>What is set up wrongly though the queue can be used, and what to do; <see langword="null"/> if nothing.</returns>
    /// <exception cref="OperationQueueException">It cannot, and why.</exception>
    Task<string?> CheckAsync(string kind, CancellationToken cancellationToken);
}
