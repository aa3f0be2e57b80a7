namespace OffloadedPolling;

/// <summary>What goes with a status document and is not for callers. It is no secret: on S3 a URL's holder can read it.</summary>
public sealed record OperationMetadata
{
    /// <summary>No metadata yet: the operation waits.</summary>
    public static OperationMetadata Empty { get; } = new();

    /// <summary>The id of the queue message whose delivery runs, or ran, the operation; <see langword="null"/> before the first.</summary>
    public string? OwnerMessageId { get; init; }

    /// <summary>
    /// A random id that the delivery which runs, or ran, the operation chose when it claimed it. A worker whose claim was written but whose
    /// answer was lost knows its claim by it.
    /// </summary>
    public string? ClaimId { get; init; }

    /// <summary>Whether somebody asked to cancel the operation. Never taken back.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>
    /// The ids of the messages that the dead-letter reader has replaced by new ones because the operation had never begun, separated by
    /// spaces; <see langword="null"/> if there are none. A replaced message can no longer claim the operation.
    /// </summary>
    public string? ReplacedMessageIds { get; init; }

    /// <summary>
    /// Tells the payload that an idempotency key came with first from any other, without telling what it is; <see langword="null"/> where
    /// there was no key.
    /// </summary>
    public string? PayloadFingerprint { get; init; }
}
