namespace OffloadedPolling.Status;

/// <summary>What a worker that received a message may do with its operation.</summary>
internal enum ClaimDecision
{
    /// <summary>Run it: no worker does, or its worker lost the message to this delivery.</summary>
    Run,

    /// <summary>Write <c>Canceled</c>: cancellation was requested, and no worker runs the operation.</summary>
    Cancel,

    /// <summary>Write <c>Failed</c>: the last allowed attempt started but never ended.</summary>
    GiveUp,

    /// <summary>Delete the message: the operation has ended.</summary>
    Ended,

    /// <summary>Delete the message: it was sent for an earlier document with the same ID, which was deleted or has expired.</summary>
    Superseded,

    /// <summary>Leave the message to be redelivered: another message, or a newer delivery of this one, owns the operation.</summary>
    OwnedElsewhere,
}

/// <summary>
/// Determines who owns an operation: the delivery whose message ID and receive count are in the document. A higher count of the same
/// message takes over, because the queue took the message from its earlier worker.
/// </summary>
internal static class Ownership
{
    /// <summary>Returns what a delivery may do with an operation that is allowed <paramref name="maxAttempts"/> attempts.</summary>
    public static ClaimDecision Decide(StoredOperation operation, ReceivedMessage message, int maxAttempts) => operation switch
    {
        _ when !IsOfSameGeneration(operation, message) => ClaimDecision.Superseded,
        { Status.State: var state } when state.IsTerminal() => ClaimDecision.Ended,
        _ when IsReplaced(operation.Metadata, message.Id) => ClaimDecision.OwnedElsewhere,
        { Status.State: OperationState.Running } when !IsTakenOverBy(operation, message) => ClaimDecision.OwnedElsewhere,
        { Metadata.CancelRequested: true } => ClaimDecision.Cancel,
        { Status.State: OperationState.Running, Status.Attempt: { } attempt } when attempt >= maxAttempts => ClaimDecision.GiveUp,
        _ => ClaimDecision.Run,
    };

    /// <summary>
    /// Returns whether a message was sent for this document, not for an earlier one with the same key. A message without a creation time
    /// belongs to any document.
    /// </summary>
    public static bool IsOfSameGeneration(StoredOperation operation, ReceivedMessage message) =>
        message.StatusCreatedAt is not { } createdAt
        || createdAt.ToUnixTimeMilliseconds() == operation.Status.CreatedAt.ToUnixTimeMilliseconds();

    /// <summary>Returns the number of messages that the dead-letter reader has replaced.</summary>
    public static int Replacements(StoredOperation operation) => operation.Metadata.ReplacedMessageIds?.Split(' ').Length ?? 0;

    public static bool IsReplaced(OperationMetadata metadata, string messageId) =>
        metadata.ReplacedMessageIds?.Split(' ').Contains(messageId, StringComparer.Ordinal) == true;

    /// <summary>Returns the metadata of an operation whose message is replaced by a new one.</summary>
    public static OperationMetadata WithReplaced(OperationMetadata metadata, string messageId) =>
        IsReplaced(metadata, messageId) ? metadata : metadata with
        {
            ReplacedMessageIds = metadata.ReplacedMessageIds is { } before ? $"{before} {messageId}" : messageId,
        };

    /// <summary>Returns the metadata of an operation that waits for its next attempt: its message owns it, and no worker runs it.</summary>
    public static OperationMetadata Released(OperationMetadata metadata) => metadata with { ClaimId = null };

    /// <summary>Returns whether a running operation waits for its next attempt.</summary>
    public static bool IsReleased(StoredOperation operation) =>
        operation is { Status.State: OperationState.Running, Metadata.ClaimId: null };

    public static bool IsHeldBy(StoredOperation operation, ReceivedMessage message) =>
        IsOfSameGeneration(operation, message)
        && operation.Status.State == OperationState.Running
        && operation.Metadata.OwnerMessageId == message.Id
        && operation.Status.Attempt == message.ReceiveCount;

    /// <summary>Returns whether a dead letter must end its operation: it has not started, or this message owns it.</summary>
    public static bool IsDeadLettered(StoredOperation operation, ReceivedMessage deadLetter) =>
        IsOfSameGeneration(operation, deadLetter)
        && (operation.Status.State == OperationState.NotStarted
            || (operation.Status.State == OperationState.Running && operation.Metadata.OwnerMessageId == deadLetter.Id));

    private static bool IsTakenOverBy(StoredOperation operation, ReceivedMessage message) =>
        operation.Metadata.OwnerMessageId == message.Id && message.ReceiveCount > (operation.Status.Attempt ?? 0);
}
