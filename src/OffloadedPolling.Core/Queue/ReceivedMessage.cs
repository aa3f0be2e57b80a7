namespace OffloadedPolling;

/// <summary>A message as a worker received it.</summary>
public sealed class ReceivedMessage
{
    /// <summary>Gets the ID of the message. It is the same in every delivery.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the handle that identifies this delivery when the message is extended, released or deleted.</summary>
    public required string ReceiptHandle { get; init; }

    /// <summary>Gets the payload as JSON.</summary>
    public required string Body { get; init; }

    /// <summary>Gets the key of the operation's status document; <see langword="null"/> if the message has none.</summary>
    public string? StatusKey { get; init; }

    /// <summary>Gets the <c>createdAt</c> of the status document that the message was sent for, to the millisecond.</summary>
    /// <value><see langword="null"/> if the message has none.</value>
    public DateTimeOffset? StatusCreatedAt { get; init; }

    /// <summary>Gets the W3C trace context of the accept; <see langword="null"/> if the message has none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Gets the number of times that the message was received, including this time; at least 1.</summary>
    public required int ReceiveCount { get; init; }

    /// <summary>Gets the number of times that the queue delivers the message before it becomes a dead letter.</summary>
    /// <value><see langword="null"/> if it is unknown.</value>
    public int? MaxReceiveCount { get; init; }

    /// <summary>Gets the time for which the message stays hidden from other receivers, counted from the end of the receive call.</summary>
    /// <remarks>
    /// The time since the queue's answer is already subtracted. A decorator of <see cref="IOperationQueue"/> must subtract its time too.
    /// </remarks>
    public TimeSpan HiddenFor { get; init; }

    /// <summary>Gets the timestamp of the receive, because SQS limits the total time for which a message can be hidden.</summary>
    /// <value><see langword="null"/> if a decorator of the queue created the message.</value>
    internal long? ReceivedAt { get; init; }
}
