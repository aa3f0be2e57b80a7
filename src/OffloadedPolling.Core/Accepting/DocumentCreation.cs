using System.Diagnostics.CodeAnalysis;

namespace OffloadedPolling.Accepting;

/// <summary>
/// A document's creation under way. An accept that stops waiting for it does not break it off: a write that is broken off may still arrive.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no wait handle, and its token may outlive the accept.")]
internal sealed class DocumentCreation
{
    private readonly CancellationTokenSource _breakOff = new();

    public DocumentCreation(
        OperationStatus status, Idempotency? idempotency, Func<CancellationToken, Task<(StoredOperation Operation, bool Found)>> create)
    {
        (Status, Idempotency) = (status, idempotency);
        Result = create(_breakOff.Token);
    }

    /// <summary>The document that is to be created.</summary>
    public OperationStatus Status { get; }

    /// <summary>What the idempotency key made of it; <see langword="null"/> without a key.</summary>
    public Idempotency? Idempotency { get; }

    /// <summary>The document as it was created, or as the idempotency key led to it.</summary>
    public Task<(StoredOperation Operation, bool Found)> Result { get; }

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
    public async Task<(StoredOperation? Operation, bool IsInDoubt)> FinishAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return ((await Result.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false)).Operation, false);
        }
        catch (Exception failed)
        {
            await _breakOff.CancelAsync().ConfigureAwait(false);
            AcceptDeadline.Observe(Result);
            return (null, IsInDoubt(failed));
        }
    }
}
