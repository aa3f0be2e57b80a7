namespace OffloadedPolling;

/// <summary>Holds the dead letters of each kind: the messages that the kind's queue has delivered the maximum number of times.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST keep the ID that a message had in its original queue;</item>
/// <item>MUST hide a received message from others for the kind's <see cref="OperationOptions.VisibilityTimeout"/>, and redeliver it if it
/// has not been deleted by then.</item>
/// </list>
/// </remarks>
public interface IDeadLetterQueue
{
    /// <inheritdoc cref="IOperationQueue.MessagingSystem"/>
    string MessagingSystem => "_OTHER";

    /// <summary>Determines whether this host reads the dead letters of a kind.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <returns><see langword="true"/> if a dead-letter queue is known for the kind; otherwise, <see langword="false"/>.</returns>
    bool IsKnown(string kind);

    /// <inheritdoc cref="IOperationQueue.ReceiveAsync"/>
    Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Deletes a message whose processing is complete.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that completes when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">The message was not deleted and is redelivered.</exception>
    Task DeleteAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken);

    /// <summary>Hides a message for an hour because it does not belong to an operation.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that completes when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">
    /// The message was not hidden, and is redelivered when its visibility timeout ends.
    /// </exception>
    Task SetAsideAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken);

    /// <summary>Checks whether a kind's dead-letter queue can be used.</summary>
    /// <param name="kind">The name of the operation's kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>A task that completes when the queue has answered.</returns>
    /// <exception cref="OperationQueueException">The queue cannot be used. The message says why.</exception>
    Task CheckAsync(string kind, CancellationToken cancellationToken);
}
