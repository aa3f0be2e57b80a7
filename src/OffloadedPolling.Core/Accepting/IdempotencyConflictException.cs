namespace OffloadedPolling;

/// <summary>An idempotency key came again with another payload. The operation that it belongs to was left as it is.</summary>
public sealed class IdempotencyConflictException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="operationId">The id of the operation that the key belongs to.</param>
    public IdempotencyConflictException(string operationId)
        : base(
            $"The idempotency key belongs to operation {operationId}, which was accepted with another payload. "
            + "Use a new key for a new payload.",
            null) =>
        OperationId = operationId;

    /// <summary>The id of the operation that the key belongs to.</summary>
    public string OperationId { get; }
}
