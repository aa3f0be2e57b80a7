using System.Diagnostics;
using System.Security.Cryptography;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>One delivery of a message that is to be processed. Whoever received the message cancels the tokens, in this order.</summary>
/// <param name="Invoker">Calls the handler of the queue's kind.</param>
/// <param name="Lease">The message, and what keeps it hidden.</param>
/// <param name="NoNewWork">Canceled as soon as the host stops: a delivery whose work has not begun is released.</param>
/// <param name="CancelHandlers">Canceled when the time that a stop leaves to handlers is over: those that still run must end.</param>
/// <param name="StopWaiting">Canceled shortly after: neither a handler nor the store is waited for, and the delivery is released.</param>
internal sealed record Delivery(
    HandlerInvoker Invoker,
    MessageLease Lease,
    CancellationToken NoNewWork,
    CancellationToken CancelHandlers,
    CancellationToken StopWaiting)
{
    public ReceivedMessage Message => Lease.Message;

    public string Kind => Invoker.Kind.Name;

    /// <summary>Written with the claim, so that this delivery recognizes its own claim even if the answer was lost.</summary>
    public string ClaimId { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Whether a delivery whose work has not begun waits while the store fails. Otherwise it is returned.</summary>
    public bool WaitsForStore { get; init; } = true;

    /// <summary>The most times that the work is begun; <see cref="int.MaxValue"/> for no limit.</summary>
    public int MaxAttempts => Math.Min(Message.MaxReceiveCount ?? int.MaxValue, Invoker.Kind.Options.MaxAttempts ?? int.MaxValue);
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

/// <summary>The result of processing a delivery.</summary>
/// <param name="Disposition">What becomes of the message.</param>
/// <param name="Outcome">What its span reports, one of <see cref="MessageOutcomes"/>.</param>
/// <param name="ErrorType">The <c>error.type</c> of its span; <see langword="null"/> if it did not fail.</param>
internal readonly record struct DeliveryResult(MessageDisposition Disposition, string? Outcome = null, string? ErrorType = null)
{
    /// <summary>How long a released message stays hidden.</summary>
    public TimeSpan VisibleAfter { get; init; }

    /// <summary>The id of the operation whose document was found; <see langword="null"/> if none was found or read.</summary>
    public string? OperationId { get; init; }

    /// <summary>Whether the message led to no status document.</summary>
    public bool IsOrphan { get; init; }

    /// <summary>Whether its handler ran.</summary>
    public bool HasRun { get; init; }

    /// <summary>The failure of the store that interrupted the processing.</summary>
    public OperationStoreException? StoreFailure { get; init; }

    /// <summary>Sets the tags of the message's span.</summary>
    public DeliveryResult ReportTo(Activity? activity)
    {
        if (Outcome is not null)
        {
            activity.CameTo(Outcome);
        }

        if (ErrorType is not null)
        {
            activity.Fail(ErrorType);
        }

        return this;
    }
}
