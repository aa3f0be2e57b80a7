namespace OffloadedPolling.Processing;

/// <summary>
/// Who owns an operation: the delivery whose message's id and receive count stand in the document. The same message with a higher count
/// takes over, because the queue has taken it from its earlier worker.
/// </summary>
internal static class Ownership
{
    public static Claim Of(StoredOperation operation, ReceivedMessage message) => operation.Status switch
    {
        { Status: var state } when state.IsTerminal() => Claim.Ended,
        { Status: OperationState.NotStarted } => Claim.Run,
        { Attempt: var attempt } when operation.Metadata.OwnerMessageId == message.Id && message.ReceiveCount > (attempt ?? 0) => Claim.Run,
        _ => Claim.Anothers,
    };

    public static bool IsHeldBy(StoredOperation operation, ReceivedMessage message) =>
        operation.Status.Status == OperationState.Running
        && operation.Metadata.OwnerMessageId == message.Id
        && operation.Status.Attempt == message.ReceiveCount;
}
