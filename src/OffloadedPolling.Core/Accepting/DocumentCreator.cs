using Microsoft.Extensions.Options;
using OffloadedPolling.Status;

namespace OffloadedPolling.Accepting;

/// <summary>Creates the documents of operations that are being accepted, or finds those of earlier accepts with the same key.</summary>
internal sealed class DocumentCreator(
    IOperationStatusStore store, StatusTransitions transitions, IOptions<OffloadedPollingOptions> options, TimeProvider time)
{
    public DocumentCreation StartCreating(AcceptRequest request, OperationEstimate? estimate)
    {
        var now = time.GetUtcNow();
        var status = new OperationStatus
        {
            Id = request.Id,
            Kind = request.Kind.Name,
            State = OperationState.NotStarted,
            CreatedAt = now,
            LastUpdatedAt = now,
            ExpiresAt = now + options.Value.Retention,
            Estimate = estimate,
            ResourceLocation = request.Options.ResourceLocation?.Invoke(request.Id),
        };
        var breakOff = new CancellationTokenSource();
        return new DocumentCreation(request, status, CreateOrFindAsync(status, request.PayloadFingerprint, breakOff.Token), breakOff);
    }

    private async Task<(StoredOperation Operation, bool IsRepeated)> CreateOrFindAsync(
        OperationStatus status, string? fingerprint, CancellationToken cancellationToken)
    {
        try
        {
            var metadata = fingerprint is null ? OperationMetadata.Empty : new OperationMetadata { PayloadFingerprint = fingerprint };
            return (await transitions.CreateAsync(status, metadata, cancellationToken).ConfigureAwait(false), false);
        }
        catch (OperationStatusConflictException there) when (fingerprint is not null)
        {
            var found = await FindAsync(status.Id, there, cancellationToken).ConfigureAwait(false);
            return found.Metadata.PayloadFingerprint == fingerprint
                ? (await RenewAsync(found, status.Estimate, there, cancellationToken).ConfigureAwait(false), true)
                : throw new IdempotencyConflictException(status.Id);
        }
    }

    private async Task<StoredOperation> FindAsync(string id, OperationStatusConflictException there, CancellationToken cancellationToken) =>
        await store.GetAsync(id, cancellationToken).ConfigureAwait(false)
        ?? throw new OperationStoreException(
            $"The status document of the idempotency key ('{there.StatusKey}') exists, but cannot be read. "
            + "If it has just expired, retry. Otherwise, check the permission to read it.", there);

    // A document that expires soon could be deleted before its new message is received.
    private async Task<StoredOperation> RenewAsync(
        StoredOperation found, OperationEstimate? estimate, OperationStatusConflictException there, CancellationToken cancellationToken)
    {
        if (found.Status.State != OperationState.NotStarted || found.Status.ExpiresAt - time.GetUtcNow() > options.Value.Retention / 2)
        {
            return found;
        }

        var renewed = await transitions.ApplyOptionalAsync(
            found,
            current => current.Status.State == OperationState.NotStarted
                ? new StatusChange(current.Status with { Estimate = estimate }, current.Metadata)
                : null,
            cancellationToken).ConfigureAwait(false);
        return renewed.Current ?? await FindAsync(found.Status.Id, there, cancellationToken).ConfigureAwait(false);
    }
}
