namespace OffloadedPolling;

/// <summary>A message as a worker received it.</summary>
public sealed class ReceivedMessage
{
    /// <summary>The message's id: the same at every delivery of it.</summary>
    public required string Id { get; init; }

    /// <summary>What this one delivery is deleted and given back by.</summary>
    public required string ReceiptHandle { get; init; }

    /// <summary>The payload as JSON.</summary>
    public required string Body { get; init; }

    /// <summary>The key of the operation's status document; <see langword="null"/> if the message has none.</summary>
    public string? StatusKey { get; init; }

    /// <summary>
    /// The <c>createdAt</c> of the status document that the message was sent for, with millisecond precision; <see langword="null"/> if the
    /// message has none.
    /// </summary>
    public DateTimeOffset? StatusCreatedAt { get; init; }

    /// <summary>The W3C trace context of the accept, if the message has one.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How often the message was received, this time counted: 1 or more.</summary>
    public required int ReceiveCount { get; init; }

    /// <summary>
    /// How often the queue delivers it before it goes to the dead-letter queue; <see langword="null"/> if that is unknown.
    /// </summary>
    public int? MaxReceiveCount { get; init; }

    /// <summary>
    /// Gets how long the message stays hidden from other receivers, counted from when the receive returned it. The time that the receive
    /// took after the queue's answer is already subtracted.
    /// </summary>
    public TimeSpan HiddenFor { get; init; }

    /// <summary>
    /// Gets when SQS delivered it, as a timestamp of the clock: SQS limits how long a message is hidden in all. It is
    /// <see langword="null"/> if a decorator of the queue made the message anew.
    /// </summary>
    internal long? ReceivedAt { get; init; }
}
