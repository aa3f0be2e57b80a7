using System.Diagnostics;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Accepting;

/// <summary>Accept, step by step: estimate, store, issue, queue. And what callers ask for afterwards.</summary>
internal sealed class OffloadedOperations(
    OperationKinds kinds,
    CheckedEstimator estimator,
    IOperationStatusStore store,
    StatusTransitions transitions,
    IOperationQueue queue,
    StoreStep storing,
    IssueStep issuing,
    AcceptBounds bounds,
    OperationMetrics metrics) : IOffloadedOperations
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

        var renewed = await issuing.IssueAsync(status, isRepeated: true, cancel).ConfigureAwait(false);
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

        var transition = await transitions.ApplyAsync(found, transitions.CancelRequested, cancel).ConfigureAwait(false);
        return transition.Current?.Status;
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
        using var deadline = bounds.Begin(kind, cancel);
        var message = await deadline.WaitAsync(
            ComposeAsync(kind.Name, store.GetStatusKey(id), PayloadText.Escape(kind.Name, payloadJson), deadline.Token), AcceptStep.Estimate).ConfigureAwait(false);

        var estimate = await deadline.WaitAsync(estimator.EstimateAsync(kind.Name, deadline.Token), AcceptStep.Estimate).ConfigureAwait(false);
        var status = storing.NewStatus(id, kind.Name, estimate, acceptOptions);
        var creation = new DocumentCreation(status, idempotency, token => storing.CreateOrFindAsync(status, idempotency, token));
        var (operation, repeated) = await StoreAsync(message, creation, deadline).ConfigureAwait(false);
        var accepted = operation.Status.State == OperationState.NotStarted
            ? await IssueAndSendAsync(message, operation.Status, creation, repeated, deadline).ConfigureAwait(false)
            : await IssueAsync(operation.Status, repeated, deadline).ConfigureAwait(false);
        return (accepted, repeated);
    }

    private async Task<OutgoingMessage> ComposeAsync(string kind, string statusKey, string payloadJson, CancellationToken cancel)
    {
        var message = new OutgoingMessage
        {
            Body = payloadJson,
            StatusKey = statusKey,
            // Any instant has the size of the document's own, which replaces it before the message is sent.
            StatusCreatedAt = DateTimeOffset.UnixEpoch,
            TraceParent = MessageTrace.Current,
        };
        var (size, limit) = (message.SizeInBytes, await queue.GetMaxMessageBytesAsync(kind, cancel).ConfigureAwait(false));
        return size <= limit ? message : throw new PayloadTooLargeException(kind, size, limit);
    }

    // What is in doubt is settled in the background. Its document may exist, or may be created after all, and nobody would know of it.
    private async Task<(StoredOperation Operation, bool Found)> StoreAsync(OutgoingMessage message, DocumentCreation creation, AcceptDeadline deadline)
    {
        try
        {
            return await deadline.WaitAsync(creation.Result, AcceptStep.Store).ConfigureAwait(false);
        }
        catch (Exception failed) when (DocumentCreation.IsInDoubt(failed))
        {
            _ = creation.Idempotency is null
                ? bounds.Settlements.EndAsync(creation, Problems.NotSent)
                : SendLaterAsync(message, creation);
            throw;
        }
    }

    private async Task<AcceptedOperation> IssueAndSendAsync(
        OutgoingMessage message, OperationStatus status, DocumentCreation creation, bool repeated, AcceptDeadline deadline)
    {
        try
        {
            // The URL first: once the message is sent, nobody can take it back.
            var accepted = await IssueAsync(status, repeated, deadline).ConfigureAwait(false);
            await deadline.WaitAsync(SendAsync(message, status, deadline.Token), AcceptStep.Send).ConfigureAwait(false);
            return accepted;
        }
        catch (Exception failed) when (creation.Idempotency is null)
        {
            // The caller of a failed accept never learns the URL, and asks again: the work must not be done for nobody, nor wait for ever.
            var problem = failed is StatusUrlException ? Problems.NotIssued : Problems.NotSent;
            await deadline.GiveTimeAsync(bounds.Settlements.EndAsync(creation, problem)).ConfigureAwait(false);
            throw;
        }
        catch (OffloadedPollingException refused) when (refused is PayloadTooLargeException or InvalidPayloadException)
        {
            // No later accept with the key can send it either.
            await deadline.GiveTimeAsync(bounds.Settlements.EndAsync(creation, Problems.PayloadRefused)).ConfigureAwait(false);
            throw;
        }
        catch when (deadline.IsOver)
        {
            _ = SendLaterAsync(message, creation);
            throw;
        }
    }

    private Task SendLaterAsync(OutgoingMessage message, DocumentCreation creation) =>
        bounds.Settlements.SendAsync(creation, message.SizeInBytes, (status, token) => SendAsync(message, status, token));

    private async Task<bool> SendAsync(OutgoingMessage message, OperationStatus status, CancellationToken cancel)
    {
        using var activity = OperationActivities.Send(status.Kind, queue.MessagingSystem, status.Id);
        try
        {
            await queue.SendAsync(
                status.Kind, message.Of(status.CreatedAt).In(activity is null ? null : MessageTrace.Current), cancel).ConfigureAwait(false);
            return true;
        }
        catch (Exception failed)
        {
            activity.Fail(failed);
            throw;
        }
    }

    private Task<AcceptedOperation> IssueAsync(OperationStatus status, bool repeated, AcceptDeadline deadline) =>
        deadline.WaitAsync(issuing.IssueAsync(status, repeated, deadline.Token), AcceptStep.Issue);
}
