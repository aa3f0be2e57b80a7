using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Accepting;

/// <summary>Accept, step by step: estimate, store, issue, queue. And what callers ask for afterwards.</summary>
internal sealed class OffloadedOperations(
    OperationKinds kinds,
    IWaitTimeEstimator estimator,
    IOperationStatusStore store,
    StatusTransitions transitions,
    IOperationQueue queue,
    IPresignedUrlIssuer issuer,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    OperationMetrics metrics,
    ILogger<OffloadedOperations> logger) : IOffloadedOperations
{
    private static readonly AcceptOptions _defaults = new();

    public IReadOnlyList<string> Kinds { get; } = [.. kinds.All.Select(kind => kind.Name)];

    public Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, CancellationToken cancel)
        where TPayload : notnull => AcceptAsync(payload, _defaults, cancel);

    public async Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, AcceptOptions acceptOptions, CancellationToken cancel)
        where TPayload : notnull
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(acceptOptions);
        var kind = kinds.Of<TPayload>();
        using var activity = OperationActivities.Accept(kind.Name);
        try
        {
            var (accepted, repeated) = await AcceptAsync(kind, payload, acceptOptions, activity, cancel).ConfigureAwait(false);
            activity?.SetTag(TagNames.Repeated, repeated);
            activity?.SetTag(TagNames.Status, accepted.Status.ToString());
            metrics.Accepted(kind.Name, repeated);
            return accepted;
        }
        catch (Exception failed)
        {
            activity.Fail(failed);
            throw;
        }
    }

    public async Task<OperationStatus?> GetAsync(string id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(id);
        var found = OperationId.IsValid(id) ? await store.GetAsync(id, cancel).ConfigureAwait(false) : null;
        return found?.Status;
    }

    public async Task<AcceptedOperation?> RenewUrlAsync(string id, CancellationToken cancel)
    {
        var status = await GetAsync(id, cancel).ConfigureAwait(false);
        if (status is null)
        {
            return null;
        }

        var renewed = await IssueAsync(status, cancel).ConfigureAwait(false);
        metrics.UrlRenewed(status.Kind);
        return renewed;
    }

    public async Task<OperationStatus?> CancelAsync(string id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(id);
        var found = OperationId.IsValid(id) ? await store.GetAsync(id, cancel).ConfigureAwait(false) : null;
        if (found is null)
        {
            return null;
        }

        var newest = found;
        var written = await transitions.ApplyAsync(found, current => transitions.CancelRequested(newest = current), cancel).ConfigureAwait(false);
        return (written ?? newest).Status;
    }

    public Task DeleteAsync(string id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(id);
        return OperationId.IsValid(id) ? store.DeleteAsync(id, cancel) : Task.CompletedTask;
    }

    private async Task<(AcceptedOperation Accepted, bool Repeated)> AcceptAsync<TPayload>(
        OperationKind<TPayload> kind, TPayload payload, AcceptOptions acceptOptions, Activity? activity, CancellationToken cancel)
        where TPayload : notnull
    {
        var payloadJson = PayloadText.Of(kind, payload);
        var idempotency = Idempotency.Of(kind.Name, payloadJson, acceptOptions);
        var id = idempotency?.OperationId ?? OperationId.New();
        activity?.SetTag(TagNames.OperationId, id);
        var message = await ComposeAsync(kind.Name, store.GetStatusKey(id), PayloadText.Escape(kind.Name, payloadJson), cancel).ConfigureAwait(false);

        var estimate = await EstimateAsync(kind.Name, cancel).ConfigureAwait(false);
        var status = NewStatus(id, kind.Name, estimate, acceptOptions);
        if (idempotency is null)
        {
            var created = await transitions.CreateAsync(status, OperationMetadata.Empty, cancel).ConfigureAwait(false);
            return (await IssueAndSendOrEndAsync(message, created, cancel).ConfigureAwait(false), false);
        }

        var (operation, repeated) = await CreateOrFindAsync(status, idempotency, cancel).ConfigureAwait(false);
        var accepted = operation.Status.Status == OperationState.NotStarted
            ? await IssueAndSendOrEndIfRefusedAsync(message, operation, cancel).ConfigureAwait(false)
            : await IssueAsync(operation.Status, cancel).ConfigureAwait(false);
        return (accepted, repeated);
    }

    // A host may have put an estimator of its own in place: none may fail an accept.
    private async Task<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancel)
    {
        try
        {
            return await estimator.EstimateAsync(kind, cancel).ConfigureAwait(false);
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested)
        {
            Log.NotEstimated(logger, kind, failed);
            return null;
        }
    }

    private async Task<OutgoingMessage> ComposeAsync(string kind, string statusKey, string payloadJson, CancellationToken cancel)
    {
        var message = new OutgoingMessage
        {
            Body = payloadJson,
            StatusKey = statusKey,
            // Any instant has the size of the document's own, which replaces it before the message is sent.
            StatusCreatedAt = time.GetUtcNow(),
            TraceParent = MessageTrace.Current,
        };
        var (size, limit) = (message.SizeInBytes, await queue.GetMaxMessageBytesAsync(kind, cancel).ConfigureAwait(false));
        return size <= limit ? message : throw new PayloadTooLargeException(kind, size, limit);
    }

    private OperationStatus NewStatus(string id, string kind, OperationEstimate? estimate, AcceptOptions acceptOptions)
    {
        var now = time.GetUtcNow();
        return new OperationStatus
        {
            Id = id,
            Kind = kind,
            Status = OperationState.NotStarted,
            CreatedAt = now,
            LastUpdatedAt = now,
            ExpiresAt = now + options.Value.Retention,
            Estimate = estimate,
            ResourceLocation = acceptOptions.ResourceLocation?.Invoke(id),
        };
    }

    /// <summary>Creates the document, or finds the one that the same key made before.</summary>
    private async Task<(StoredOperation Operation, bool Found)> CreateOrFindAsync(OperationStatus status, Idempotency idempotency, CancellationToken cancel)
    {
        try
        {
            var metadata = new OperationMetadata { PayloadFingerprint = idempotency.PayloadFingerprint };
            return (await transitions.CreateAsync(status, metadata, cancel).ConfigureAwait(false), false);
        }
        catch (OperationStatusConflictException there)
        {
            var found = await FindAsync(status.Id, there, cancel).ConfigureAwait(false);
            return found.Metadata.PayloadFingerprint == idempotency.PayloadFingerprint
                ? (await RenewAsync(found, status.Estimate, there, cancel).ConfigureAwait(false), true)
                : throw new IdempotencyConflictException(status.Id);
        }
    }

    private async Task<StoredOperation> FindAsync(string id, OperationStatusConflictException there, CancellationToken cancel) =>
        await store.GetAsync(id, cancel).ConfigureAwait(false)
        ?? throw new OperationStoreException(
            $"There is a status document for the idempotency key ('{there.StatusKey}'), but it cannot be read. Either it has just expired: try again. Or reading is not allowed: check the permissions.", there);

    // A document that expires soon would be gone before the message that is sent for it now is received.
    private async Task<StoredOperation> RenewAsync(
        StoredOperation found, OperationEstimate? estimate, OperationStatusConflictException there, CancellationToken cancel)
    {
        if (found.Status.Status != OperationState.NotStarted || found.Status.ExpiresAt - time.GetUtcNow() > options.Value.Retention / 2)
        {
            return found;
        }

        var renewed = await transitions.ApplyUnlessRefusedAsync(
            found,
            current => current.Status.Status == OperationState.NotStarted ? (current.Status with { Estimate = estimate }, current.Metadata) : null,
            cancel).ConfigureAwait(false);
        return renewed ?? await FindAsync(found.Status.Id, there, cancel).ConfigureAwait(false);
    }

    private async Task<AcceptedOperation> IssueAndSendAsync(OutgoingMessage message, OperationStatus status, CancellationToken cancel)
    {
        // The URL first: once the message is sent, nobody can take it back.
        var accepted = await IssueAsync(status, cancel).ConfigureAwait(false);
        using var activity = OperationActivities.Send(status.Kind, queue.MessagingSystem, status.Id);
        try
        {
            await queue.SendAsync(status.Kind, message.Of(status.CreatedAt).In(activity is null ? null : MessageTrace.Current), cancel).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            activity.Fail(failed);
            throw;
        }

        return accepted;
    }

    private async Task<AcceptedOperation> IssueAndSendOrEndAsync(OutgoingMessage message, StoredOperation created, CancellationToken cancel)
    {
        try
        {
            return await IssueAndSendAsync(message, created.Status, cancel).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            await EndUnlessBegunAsync(created, failed is StatusUrlException ? Problems.NotIssued : Problems.NotSent).ConfigureAwait(false);
            throw;
        }
    }

    // Where it is in doubt whether the message was sent, the next accept with the key sends it again. What the queue refuses for good, none can.
    private async Task<AcceptedOperation> IssueAndSendOrEndIfRefusedAsync(OutgoingMessage message, StoredOperation operation, CancellationToken cancel)
    {
        try
        {
            return await IssueAndSendAsync(message, operation.Status, cancel).ConfigureAwait(false);
        }
        catch (OffloadedPollingException refused) when (refused is PayloadTooLargeException or InvalidPayloadException)
        {
            await EndUnlessBegunAsync(operation, Problems.PayloadRefused).ConfigureAwait(false);
            throw;
        }
    }

    // The caller of a failed accept never learns the URL, and asks again: the work must not be done for nobody, nor wait for ever.
    private async Task EndUnlessBegunAsync(StoredOperation created, OperationProblem problem)
    {
        try
        {
            await transitions.ApplyAsync(
                created,
                current => current.Status.Status == OperationState.NotStarted
                    ? (StatusTransitions.Ended(current.Status, OperationOutcome.Failed(problem)), current.Metadata)
                    : null,
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (OffloadedPollingException unwritten)
        {
            Log.FailedAcceptNotEnded(logger, created.Status.Id, unwritten);
        }
    }

    private async Task<AcceptedOperation> IssueAsync(OperationStatus status, CancellationToken cancel)
    {
        var lifetime = UrlLifetime.For(status.Estimate, options.Value);
        var url = await issuer.IssueAsync(store.GetStatusKey(status.Id), lifetime, cancel).ConfigureAwait(false);
        return new AcceptedOperation
        {
            Id = status.Id,
            Status = status.Status,
            StatusUrl = url.Value,
            StatusUrlExpiresAt = url.ExpiresAt,
            RetryAfter = RetryAfter.For(status, time.GetUtcNow()),
            Estimate = status.Estimate,
        };
    }
}
