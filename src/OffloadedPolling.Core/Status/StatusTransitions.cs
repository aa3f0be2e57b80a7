using Microsoft.Extensions.Options;
using OffloadedPolling.Processing;

namespace OffloadedPolling.Status;

/// <summary>
/// The only writer of documents, behind the host's policies. Each change is made from the version that was read, and made anew from the
/// newer one when another writer came first.
/// </summary>
internal sealed class StatusTransitions(
    IOperationStatusStore store, ObservedWrites writes, StatusPolicies policies, IOptions<OffloadedPollingOptions> options, TimeProvider time)
{
    /// <summary>What a document says from the request to cancel until the handler has ended.</summary>
    public const string CancelingMessage = "Cancellation requested.";

    private const int MaxTries = 8;

    // That of instants in a document.
    private static readonly TimeSpan _precision = TimeSpan.FromMilliseconds(1);

    /// <summary>Gets the interval at which a worker polls the document of an operation that it runs.</summary>
    public TimeSpan? WatchInterval => store.WatchInterval;

    /// <summary>Creates the document of an operation that is being accepted.</summary>
    /// <exception cref="StatusDocumentRefusedException">A policy refuses it. Nothing was written.</exception>
    /// <exception cref="StatusDocumentTooLargeException">
    /// It is over the limit, or leaves too little room for its end. Nothing was written.
    /// </exception>
    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancel) =>
        writes.CreateAsync(Fitting(status), metadata, cancel);

    /// <summary>Creates the document of an operation that has ended before it existed.</summary>
    /// <exception cref="OperationStatusConflictException">It exists.</exception>
    public Task<StoredOperation> CreateEndedAsync(OperationStatus status, OperationOutcome outcome, CancellationToken cancellationToken) =>
        writes.CreateAsync(policies.ApplyOrBare(Stamp(status, Ended(status, outcome))), OperationMetadata.Empty, cancellationToken);

    /// <summary>Asks whether a document could be written.</summary>
    /// <exception cref="StatusDocumentRefusedException">A policy refuses it.</exception>
    /// <exception cref="StatusDocumentTooLargeException">It is over the limit, or leaves too little room for its end.</exception>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be serialized or read back.</exception>
    public void ThrowIfRefused(OperationStatus status) => DocumentRoom.ThrowIfUnfit(policies.Apply(status), options.Value.MaxDocumentBytes);

    /// <summary>The newest document, if it is not the one that was read; <see langword="null"/> also if it is gone.</summary>
    public Task<StoredOperation?> GetIfChangedAsync(StoredOperation read, CancellationToken cancel) =>
        store.GetIfChangedAsync(read.Status.Id, read.Version, cancel);

    /// <summary>
    /// Applies <paramref name="change"/> to the newest document. It is asked again on each newer one, and answers <see langword="null"/>
    /// where it no longer applies. What a policy refuses is written with nothing of the host's in it, and what does not fit without all
    /// that the library can leave out.
    /// </summary>
    /// <returns>What was read last, and what was written from it.</returns>
    /// <exception cref="StatusDocumentTooLargeException">A handler's outcome is over the limit.</exception>
    /// <exception cref="StatusDocumentNotSerializableException">A handler's outcome cannot be serialized or read back.</exception>
    public Task<StatusTransition> ApplyAsync(
        StoredOperation read, Func<StoredOperation, (OperationStatus Status, OperationMetadata Metadata)?> change, CancellationToken cancel) =>
        ApplyAsync(read, change, isRequired: true, cancel);

    /// <summary>The same for a change that may as well not be made.</summary>
    /// <inheritdoc cref="ApplyAsync(StoredOperation, Func{StoredOperation, ValueTuple{OperationStatus, OperationMetadata}?}, CancellationToken)"/>
    /// <exception cref="StatusDocumentRefusedException">A policy refuses it. What was there stays.</exception>
    /// <exception cref="StatusDocumentTooLargeException">It is over the limit, or leaves too little room for its end.</exception>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be serialized or read back.</exception>
    public Task<StatusTransition> ApplyUnlessRefusedAsync(
        StoredOperation read, Func<StoredOperation, (OperationStatus Status, OperationMetadata Metadata)?> change, CancellationToken cancel) =>
        ApplyAsync(read, change, isRequired: false, cancel);

    private async Task<StatusTransition> ApplyAsync(
        StoredOperation read,
        Func<StoredOperation, (OperationStatus Status, OperationMetadata Metadata)?> change,
        bool isRequired,
        CancellationToken cancel)
    {
        var current = read;
        for (var tries = 1; ; tries++)
        {
            if (change(current) is not { } wanted)
            {
                return new StatusTransition(current, null);
            }

            try
            {
                var stamped = Stamp(current.Status, wanted.Status);
                var written = await (isRequired
                    ? UpdateOrReduceAsync(current, policies.ApplyOrBare(stamped), wanted.Metadata, cancel)
                    : writes.UpdateAsync(current, Fitting(stamped), wanted.Metadata, cancel)).ConfigureAwait(false);
                return new StatusTransition(current, written);
            }
            catch (OperationStatusConflictException) when (tries < MaxTries)
            {
                await Backoff.DelayAsync(time, tries, cancel).ConfigureAwait(false);
            }

            if (await store.GetAsync(current.Status.Id, cancel).ConfigureAwait(false) is not { } newer)
            {
                return new StatusTransition(null, null);
            }

            current = newer;
        }
    }

    private async Task<StoredOperation> UpdateOrReduceAsync(
        StoredOperation before, OperationStatus status, OperationMetadata metadata, CancellationToken cancel)
    {
        try
        {
            return await writes.UpdateAsync(before, status, metadata, cancel).ConfigureAwait(false);
        }
        catch (OffloadedPollingException unfit) when (unfit is StatusDocumentTooLargeException or StatusDocumentNotSerializableException)
        {
            if (policies.Reduced(status, unfit) is not { } reduced)
            {
                throw;
            }

            return await writes.UpdateAsync(before, reduced, metadata, cancel).ConfigureAwait(false);
        }
    }

    // The store checks the rest.
    private OperationStatus Fitting(OperationStatus status)
    {
        var judged = policies.Apply(status);
        DocumentRoom.ThrowIfTooLittle(judged, options.Value.MaxDocumentBytes);
        return judged;
    }

    /// <summary>
    /// What a request to cancel makes of an operation: one that waits, for its first attempt or its next, is canceled; one that runs is
    /// marked for its worker. There is nothing to change where it is marked already, or has ended.
    /// </summary>
    public (OperationStatus Status, OperationMetadata Metadata)? CancelRequested(StoredOperation operation) => operation switch
    {
        _ when operation.Status.State == OperationState.NotStarted || Ownership.IsReleased(operation) =>
            (Ended(operation.Status, OperationOutcome.Canceled), operation.Metadata with { CancelRequested = true }),
        { Status.State: OperationState.Running, Metadata.CancelRequested: false } =>
            (operation.Status with { Estimate = Remaining(operation.Status), Message = CancelingMessage },
                operation.Metadata with { CancelRequested = true }),
        _ => null,
    };

    /// <summary>Whether more than half of the time from a document's last change to its expiry has passed.</summary>
    public bool IsHalfExpired(OperationStatus status) =>
        time.GetUtcNow() - status.LastUpdatedAt > (status.ExpiresAt - status.LastUpdatedAt) / 2;

    /// <summary>What is left now of the estimate in a document.</summary>
    public OperationEstimate? Remaining(OperationStatus status) => status.Estimate?.After(time.GetUtcNow() - status.LastUpdatedAt);

    /// <summary>The document of an operation that ended so.</summary>
    public static OperationStatus Ended(OperationStatus status, OperationOutcome outcome) => status with
    {
        State = outcome.State,
        PercentComplete = outcome.State == OperationState.Succeeded ? 100 : status.PercentComplete,
        Message = null,
        Estimate = null,
        Result = outcome.Result,
        Error = outcome.Problem,
        ResourceLocation = outcome.ResourceLocation ?? status.ResourceLocation,
    };

    // A clock that was set back, or another machine's that is behind, must not make a newer document look older. Nor may it be the same: on
    // S3 the version is a hash of the document alone, and a change of metadata would go unseen.
    private OperationStatus Stamp(OperationStatus before, OperationStatus status)
    {
        var now = time.GetUtcNow();
        var next = before.LastUpdatedAt + _precision;
        var updated = now > next ? now : next;
        return status with { LastUpdatedAt = updated, ExpiresAt = updated + options.Value.Retention };
    }
}

/// <summary>What a change to a status document came to.</summary>
/// <param name="Current">The newest document that was read; <see langword="null"/> if it is gone.</param>
/// <param name="Written">The document that was written from it; <see langword="null"/> if the change did not apply.</param>
internal readonly record struct StatusTransition(StoredOperation? Current, StoredOperation? Written);
