using Microsoft.Extensions.Options;
using OffloadedPolling.Status;

namespace OffloadedPolling.Accepting;

/// <summary>Store: creates an operation's document, or finds the one that the same idempotency key made before.</summary>
internal sealed class StoreStep(
    IOperationStatusStore store, StatusTransitions transitions, IOptions<OffloadedPollingOptions> options, TimeProvider time)
{
    /// <summary>The document of an operation that is being accepted.</summary>
    public OperationStatus NewStatus(string id, string kind, OperationEstimate? estimate, AcceptOptions acceptOptions)
    {
        var now = time.GetUtcNow();
        return new OperationStatus
        {
            Id = id,
            Kind = kind,
            State = OperationState.NotStarted,
            CreatedAt = now,
            LastUpdatedAt = now,
            ExpiresAt = now + options.Value.Retention,
            Estimate = estimate,
            ResourceLocation = acceptOptions.ResourceLocation?.Invoke(id),
        };
    }

    /// <summary>Creates the document, or finds the one that the same key made before.</summary>
    public async Task<(StoredOperation Operation, bool Found)> CreateOrFindAsync(
        OperationStatus status, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        if (idempotency is null)
        {
            return (await transitions.CreateAsync(status, OperationMetadata.Empty, cancellationToken).ConfigureAwait(false), false);
        }

        try
        {
            var metadata = new OperationMetadata { PayloadFingerprint = idempotency.PayloadFingerprint };
            return (await transitions.CreateAsync(status, metadata, cancellationToken).ConfigureAwait(false), false);
        }
        catch (OperationStatusConflictException there)
        {
            var found = await FindAsync(status.Id, there, cancellationToken).ConfigureAwait(false);
            return found.Metadata.PayloadFingerprint == idempotency.PayloadFingerprint
                ? (await RenewAsync(found, status.Estimate, there, cancellationToken).ConfigureAwait(false), true)
                : throw new IdempotencyConflictException(status.Id);
        }
    }

    private async Task<StoredOperation> FindAsync(string id, OperationStatusConflictException there, CancellationToken cancellationToken) =>
        await store.GetAsync(id, cancellationToken).ConfigureAwait(false)
        ?? throw new OperationStoreException(
            $"There is a status document for the idempotency key ('{there.StatusKey}'), but it cannot be read. Either it has just expired: try again. Or reading is not allowed: check the permissions.", there);

    // A document that expires soon would be gone before the message that is sent for it now is received.
    private async Task<StoredOperation> RenewAsync(
        StoredOperation found, OperationEstimate? estimate, OperationStatusConflictException there, CancellationToken cancellationToken)
    {
        if (found.Status.State != OperationState.NotStarted || found.Status.ExpiresAt - time.GetUtcNow() > options.Value.Retention / 2)
        {
            return found;
        }

        var transition = await transitions.ApplyUnlessRefusedAsync(
            found,
            current => current.Status.State == OperationState.NotStarted
                ? new StatusChange(current.Status with { Estimate = estimate }, current.Metadata)
                : null,
            cancellationToken).ConfigureAwait(false);
        return transition.IsWritten ? transition.Current : await FindAsync(found.Status.Id, there, cancellationToken).ConfigureAwait(false);
    }
}
