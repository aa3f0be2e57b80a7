namespace OffloadedPolling;

/// <summary>
/// Keeps the messages that a kind's queue has delivered as often as it does, so that somebody can say what became of their operations.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST give a message the id that it had in its own queue;</item>
/// <item>MUST hide a received message from others for the kind's <see cref="OperationOptions.VisibilityTimeout"/>, and give it again when
/// it has not been deleted by then.</item>
/// </list>
/// </remarks>
public interface IDeadLetterQueue
{
    /// <inheritdoc cref="IOperationQueue.MessagingSystem"/>
    string MessagingSystem => "_OTHER";

    /// <summary>Whether a kind has a dead-letter queue that this host knows.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <returns><see langword="false"/> if its messages are not to be read here.</returns>
    bool IsKnown(string kind);

    /// <summary>Receives messages, waiting for the first for as long as the queue allows in one request.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The messages; none, if none came.</returns>
    /// <exception cref="OperationQueueException">The queue could not be reached or refuses.</exception>
    Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Deletes a message that is done with.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that ends when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">It was not deleted, and will be received again.</exception>
    Task DeleteAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken);

    /// <summary>Keeps a message that belongs to no operation out of sight for an hour.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that ends when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">It will be received again when its visibility timeout ends.</exception>
    Task SetAsideAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken);

    /// <summary>Asks whether a kind's dead-letter queue can be used at all.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that ends when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">It cannot, and why.</exception>
    Task CheckAsync(string kind, CancellationToken cancellationToken);
}
