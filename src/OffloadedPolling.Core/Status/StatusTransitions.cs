using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Status;

/// <summary>
/// Writes all documents, after the host's policies. Each change is based on the version that was read. If another writer was faster, the
/// change is applied to the newer version.
/// </summary>
internal sealed class StatusTransitions(
    IOperationStatusStore store, ObservedWrites writes, StatusPolicies policies, IOptions<OffloadedPollingOptions> options,
    TimeProvider time)
{
    /// <summary>The document's message from the cancellation request until the handler has ended.</summary>
    public const string CancelingMessage = "Cancellation requested.";

    private const int MaxTries = 8;

    // The precision of times in a document.
    private static readonly TimeSpan _precision = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc cref="IOperationStatusStore.WatchInterval"/>
    public TimeSpan? WatchInterval => store.WatchInterval;

    /// <summary>Creates the document of an operation that is being accepted.</summary>
    /// <exception cref="StatusDocumentRefusedException">A policy refuses it.</exception>
    /// <exception cref="StatusDocumentTooLargeException">It is over the limit, or leaves too little room for its end.</exception>
    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken) =>
        writes.CreateAsync(Fitting(status), metadata, cancellationToken);

    /// <summary>Creates the document of an operation that has already ended.</summary>
    /// <exception cref="OperationStatusConflictException">The document already exists.</exception>
    public Task<StoredOperation> CreateEndedAsync(OperationStatus status, OperationOutcome outcome, CancellationToken cancellationToken) =>
        writes.CreateAsync(policies.ApplyOrRedact(Stamp(status, Ended(status, outcome))), OperationMetadata.Empty, cancellationToken);

    /// <summary>Checks whether a document could be written.</summary>
    /// <exception cref="StatusDocumentRefusedException">A policy refuses it.</exception>
    /// <exception cref="StatusDocumentTooLargeException">It is over the limit, or leaves too little room for its end.</exception>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be serialized or read back.</exception>
    public void ThrowIfRefused(OperationStatus status) => DocumentRoom.ThrowIfUnfit(policies.Apply(status), options.Value.MaxDocumentBytes);

    /// <summary>
    /// Returns the newest document if it differs from the one that was read; <see langword="null"/> also if it is deleted.
    /// </summary>
    public Task<StoredOperation?> GetIfChangedAsync(StoredOperation read, CancellationToken cancellationToken) =>
        store.GetIfChangedAsync(read.Status.Id, read.Version, cancellationToken);

    /// <summary>
    /// Applies a change that must be written, such as a claim or an end, to the newest document. <paramref name="change"/> is called for
    /// each newer document, and returns <see langword="null"/> if the change no longer applies. If a policy refuses the document, it is
    /// written without the host's values. If it is too large or cannot be serialized, it is written without everything that the library can
    /// leave out.
    /// </summary>
    /// <exception cref="StatusDocumentTooLargeException">A handler's outcome is over the limit.</exception>
    /// <exception cref="StatusDocumentNotSerializableException">A handler's outcome cannot be serialized or read back.</exception>
    public Task<StatusTransition> ApplyRequiredAsync(
        StoredOperation read, Func<StoredOperation, StatusChange?> change, CancellationToken cancellationToken) =>
        ApplyAsync(read, change, isRequired: true, cancellationToken);

    /// <summary>Applies a change that is optional, such as progress. It is written unchanged or not at all.</summary>
    /// <exception cref="StatusDocumentRefusedException">A policy refuses it. The document is unchanged.</exception>
    /// <exception cref="StatusDocumentTooLargeException">It is over the limit, or leaves too little room for its end.</exception>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be serialized or read back.</exception>
    public Task<StatusTransition> ApplyOptionalAsync(
        StoredOperation read, Func<StoredOperation, StatusChange?> change, CancellationToken cancellationToken) =>
        ApplyAsync(read, change, isRequired: false, cancellationToken);

    private async Task<StatusTransition> ApplyAsync(
        StoredOperation read, Func<StoredOperation, StatusChange?> change, bool isRequired, CancellationToken cancellationToken)
    {
        var current = read;
        for (var tries = 1; ; tries++)
        {
            // Nobody may wait any longer, if the store ignores cancellation. Then a newer document must not be changed.
            cancellationToken.ThrowIfCancellationRequested();
            if (change(current) is not { } wanted)
            {
                return new(IsWritten: false, current, current);
            }

            try
            {
                var stamped = Stamp(current.Status, wanted.Status);
                var written = await (isRequired
                    ? UpdateOrReduceAsync(current, policies.ApplyOrRedact(stamped), wanted.Metadata, cancellationToken)
                    : writes.UpdateAsync(current, Fitting(stamped), wanted.Metadata, cancellationToken)).ConfigureAwait(false);
                return new(IsWritten: true, current, written);
            }
            catch (OperationStatusConflictException) when (tries < MaxTries)
            {
                await Backoff.DelayAsync(time, tries, cancellationToken).ConfigureAwait(false);
            }

            if (await store.GetAsync(current.Status.Id, cancellationToken).ConfigureAwait(false) is not { } newer)
            {
                return new(IsWritten: false, Read: null, Current: null);
            }

            current = newer;
        }
    }

    private async Task<StoredOperation> UpdateOrReduceAsync(
        StoredOperation before, OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken)
    {
        try
        {
            return await writes.UpdateAsync(before, status, metadata, cancellationToken).ConfigureAwait(false);
        }
        catch (OffloadedPollingException unfit) when (unfit is StatusDocumentTooLargeException or StatusDocumentNotSerializableException)
        {
            if (policies.Reduced(status, unfit) is not { } reduced)
            {
                throw;
            }

            return await writes.UpdateAsync(before, reduced, metadata, cancellationToken).ConfigureAwait(false);
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
    /// Returns the change for a cancellation request: an operation that waits for an attempt is canceled; a running one is marked for its
    /// worker. Returns <see langword="null"/> if it is already marked or has ended.
    /// </summary>
    public StatusChange? CancelRequested(StoredOperation operation) => operation switch
    {
        _ when operation.Status.State == OperationState.NotStarted || Ownership.IsReleased(operation) =>
            new(Ended(operation.Status, OperationOutcome.Canceled), operation.Metadata with { CancelRequested = true }),
        { Status.State: OperationState.Running, Metadata.CancelRequested: false } => new(
            operation.Status with { Estimate = Remaining(operation.Status), Message = CancelingMessage },
            operation.Metadata with { CancelRequested = true }),
        _ => null,
    };

    /// <summary>Returns whether more than half of the time from a document's last change to its expiry has passed.</summary>
    public bool IsHalfExpired(OperationStatus status) =>
        time.GetUtcNow() - status.LastUpdatedAt > (status.ExpiresAt - status.LastUpdatedAt) / 2;

    /// <summary>Returns the remaining part of the estimate in a document.</summary>
    public OperationEstimate? Remaining(OperationStatus status) => status.Estimate?.After(time.GetUtcNow() - status.LastUpdatedAt);

    /// <summary>Returns the document of an operation that ended.</summary>
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

    // A newer document must have a later time, even if this clock was set back or is behind another machine's. The same time is not enough:
    // on S3 the version is a hash of the document, so a change of only the metadata would not be noticed.
    private OperationStatus Stamp(OperationStatus before, OperationStatus status)
    {
        var now = time.GetUtcNow();
        var next = before.LastUpdatedAt + _precision;
        var updated = now > next ? now : next;
        return status with { LastUpdatedAt = updated, ExpiresAt = updated + options.Value.Retention };
    }
}

/// <summary>A change to a status document.</summary>
internal sealed record StatusChange(OperationStatus Status, OperationMetadata Metadata)
{
    public static StatusChange End(StoredOperation operation, OperationOutcome outcome) =>
        new(StatusTransitions.Ended(operation.Status, outcome), operation.Metadata);
}

/// <summary>The result of a change to a status document.</summary>
/// <param name="IsWritten">Whether the change was written.</param>
/// <param name="Read">The newest document that was read; <see langword="null"/> if the document no longer exists.</param>
/// <param name="Current">
/// The current document: the one that was written, or the one that was read if the change does not apply to it; <see langword="null"/> if
/// the document no longer exists.
/// </param>
internal sealed record StatusTransition(
    [property: MemberNotNullWhen(true, nameof(StatusTransition.Current))] bool IsWritten, StoredOperation? Read, StoredOperation? Current);

/// <summary>How an operation ends.</summary>
internal sealed record OperationOutcome(OperationState State, JsonElement? Result = null, OperationProblem? Problem = null)
{
    /// <summary>Gets the location of the result; <see langword="null"/> keeps the document's.</summary>
    public string? ResourceLocation { get; init; }

    public static OperationOutcome Canceled { get; } = new(OperationState.Canceled);

    public static OperationOutcome Succeeded(JsonElement? result) => new(OperationState.Succeeded, result);

    public static OperationOutcome Failed(OperationProblem problem) => new(OperationState.Failed, Problem: problem);
}
