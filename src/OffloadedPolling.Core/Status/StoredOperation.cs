namespace OffloadedPolling;

/// <summary>A status document as a store holds it.</summary>
/// <param name="Status">The document that callers read.</param>
/// <param name="Metadata">The metadata, which callers do not read.</param>
/// <param name="Version">The version (on S3 the ETag) to pass to <see cref="IOperationStatusStore.UpdateAsync"/>.</param>
public sealed record StoredOperation(OperationStatus Status, OperationMetadata Metadata, string Version);

/// <summary>The metadata of a status document. Callers do not need it, but on S3, anyone who has a status URL can read it.</summary>
public sealed record OperationMetadata
{
    /// <summary>Gets empty metadata: that of a new operation without an idempotency key.</summary>
    public static OperationMetadata Empty { get; } = new();

    /// <summary>Gets the ID of the queue message that runs or ran the operation.</summary>
    /// <value><see langword="null"/> before the first attempt.</value>
    public string? OwnerMessageId { get; init; }

    /// <summary>
    /// Gets the random ID of the claim by which the operation runs. A worker that lost the answer to its claim recognizes the claim by it.
    /// </summary>
    public string? ClaimId { get; init; }

    /// <summary>Gets a value that indicates whether a cancellation was requested. It is never reset.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>
    /// Gets the IDs, separated by spaces, of the messages that the dead-letter reader has replaced because the operation had not started.
    /// <see langword="null"/> if there are none. A replaced message can no longer claim the operation.
    /// </summary>
    public string? ReplacedMessageIds { get; init; }

    /// <summary>Gets a keyed hash of the payload; <see langword="null"/> if the operation has no idempotency key.</summary>
    public string? PayloadFingerprint { get; init; }
}
