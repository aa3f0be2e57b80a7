using System.Security.Cryptography;

namespace OffloadedPolling.Processing;

/// <summary>One delivery of a message that is to be processed.</summary>
/// <param name="Runner">The handler of the queue's kind.</param>
/// <param name="Lease">The message, and what keeps it hidden.</param>
/// <param name="Stopping">Fires when nothing is to begin any more: a delivery whose work has not begun is released.</param>
/// <param name="Stop">Fires when handlers are to end. What they have not ended by then is released.</param>
/// <param name="Abandon">Fires when nothing is waited for any more: no handler, no store.</param>
internal sealed record Delivery(HandlerRunner Runner, MessageLease Lease, CancellationToken Stopping, CancellationToken Stop, CancellationToken Abandon)
{
    public ReceivedMessage Message => Lease.Message;

    public string Kind => Runner.Kind.Name;

    /// <summary>The most times that the work is begun.</summary>
    public int MaxAttempts => Math.Min(Message.MaxReceiveCount ?? int.MaxValue, Runner.Kind.Options.MaxAttempts ?? int.MaxValue);

    /// <summary>Written to the document with the claim, so that this delivery knows its own claim even if the answer was lost.</summary>
    public string ClaimId { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Whether a delivery whose work has not begun waits for a store that fails. Otherwise it is returned.</summary>
    public bool WaitsForStore { get; init; } = true;
}

/// <summary>What becomes of a message.</summary>
internal enum MessageDisposition
{
    /// <summary>Delete it: its operation has ended, or it never belonged to the operation.</summary>
    Delete,

    /// <summary>Leave it: it is redelivered when its visibility timeout ends, and dead-letters in the end.</summary>
    Leave,

    /// <summary>Release it: it is redelivered at once, or after <see cref="DeliveryResult.VisibleAfter"/>.</summary>
    Release,
}

/// <summary>What the processing of a delivery came to.</summary>
/// <param name="Disposition">What becomes of the message.</param>
internal readonly record struct DeliveryResult(MessageDisposition Disposition)
{
    /// <summary>How long a released message stays hidden.</summary>
    public TimeSpan VisibleAfter { get; init; }

    /// <summary>The id of the operation whose document was found; <see langword="null"/> if none was, or none was looked up.</summary>
    public string? OperationId { get; init; }

    /// <summary>Whether the message led to no status document.</summary>
    public bool IsOrphan { get; init; }

    /// <summary>Whether its handler ran.</summary>
    public bool HasRun { get; init; }

    /// <summary>The failure of the store that kept the work from beginning.</summary>
    public Exception? StoreFailure { get; init; }
}
