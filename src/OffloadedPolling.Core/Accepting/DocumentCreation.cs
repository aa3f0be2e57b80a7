using System.Diagnostics.CodeAnalysis;

namespace OffloadedPolling.Accepting;

/// <summary>
/// A document's creation under way. An accept that stops waiting for it does not break it off: a write that is broken off may still arrive.
/// </summary>
/// <param name="Request">What is being accepted.</param>
/// <param name="Status">The document that is to be created.</param>
/// <param name="Result">The document as it was created, or as the idempotency key led to it.</param>
/// <param name="BreakOff">Breaks the creation off.</param>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no wait handle, and its token may outlive the accept.")]
internal sealed record DocumentCreation(
    AcceptRequest Request,
    OperationStatus Status,
    Task<(StoredOperation Operation, bool IsRepeated)> Result,
    CancellationTokenSource BreakOff)
{
    /// <summary>Whether a creation that failed so may have taken place all the same, or may still do so.</summary>
    public static bool IsInDoubt(Exception failed) => failed switch
    {
        OperationStoreException refused => !refused.IsRefusal,
        // Without a key nobody else has the id: a document that is there already is the one that was to be created.
        OperationStatusConflictException or OperationCanceledException => true,
        OffloadedPollingException => false,
        _ => true,
    };

    /// <summary>Waits for the creation for a while, and then breaks it off.</summary>
    /// <returns>The document, if it is there; otherwise whether it may be.</returns>
    public async Task<(StoredOperation? Operation, bool IsInDoubt)> FinishAsync(
        TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return ((await Result.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false)).Operation, false);
        }
        catch (Exception failed)
        {
            await BreakOff.CancelAsync().ConfigureAwait(false);
            AcceptDeadline.Observe(Result);
            return (null, IsInDoubt(failed));
        }
    }
}
