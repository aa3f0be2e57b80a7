using System.Diagnostics.CodeAnalysis;

namespace OffloadedPolling.Accepting;

/// <summary>
/// A document that is being created. Its accept may stop waiting but does not cancel it: a canceled write may still arrive.
/// </summary>
/// <param name="Request">The request to accept.</param>
/// <param name="Status">The document to create.</param>
/// <param name="Result">The document that was created or was found by the idempotency key.</param>
/// <param name="BreakOff">Cancels the creation.</param>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no wait handle, and its token may outlive the accept.")]
internal sealed record DocumentCreation(
    AcceptRequest Request, OperationStatus Status, Task<(StoredOperation Operation, bool IsRepeated)> Result,
    CancellationTokenSource BreakOff)
{
    /// <summary>Returns whether a creation that failed with this exception may have succeeded or may still succeed.</summary>
    public static bool IsInDoubt(Exception failed) => failed switch
    {
        OperationStoreException refused => !refused.IsRefusal,
        // Without an idempotency key, nobody else has the ID, so an existing document is this one.
        OperationStatusConflictException or OperationCanceledException => true,
        OffloadedPollingException => false,
        _ => true,
    };

    /// <summary>Waits some time for the creation, and then cancels it.</summary>
    /// <returns>The document if it exists, otherwise whether it may exist.</returns>
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
            Result.ObserveException();
            return (null, IsInDoubt(failed));
        }
    }
}
