using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Accepting;

/// <summary>Accept, step by step: estimate, store, issue, queue.</summary>
internal sealed class OffloadedOperations(
    OperationKinds kinds,
    IWaitTimeEstimator estimator,
    IOperationStatusStore store,
    StatusTransitions transitions,
    IOperationQueue queue,
    IPresignedUrlIssuer issuer,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
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
        var id = OperationId.New();
        var message = Compose(kind, store.GetStatusKey(id), payload);

        var estimate = await estimator.EstimateAsync(kind.Name, cancel).ConfigureAwait(false);
        var created = await store.CreateAsync(NewStatus(id, kind.Name, estimate, acceptOptions), OperationMetadata.Empty, cancel).ConfigureAwait(false);
        return await IssueAndSendAsync(kind.Name, message, created, cancel).ConfigureAwait(false);
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
        return status is null ? null : await IssueAsync(status, cancel).ConfigureAwait(false);
    }

    private OutgoingMessage Compose<TPayload>(OperationKind<TPayload> kind, string statusKey, TPayload payload)
    {
        var activity = Activity.Current;
        var message = new OutgoingMessage
        {
            Body = JsonSerializer.Serialize(payload, kind.PayloadJson),
            StatusKey = statusKey,
            TraceParent = activity?.IdFormat == ActivityIdFormat.W3C ? activity.Id : null,
        };
        return message.SizeInBytes <= queue.MaxMessageBytes
            ? message
            : throw new PayloadTooLargeException(kind.Name, message.SizeInBytes, queue.MaxMessageBytes);
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

    private async Task<AcceptedOperation> IssueAndSendAsync(string kind, OutgoingMessage message, StoredOperation created, CancellationToken cancel)
    {
        var problem = Problems.NotIssued;
        try
        {
            // The URL first: once the message is sent, nobody can take it back.
            var accepted = await IssueAsync(created.Status, cancel).ConfigureAwait(false);
            problem = Problems.NotSent;
            await queue.SendAsync(kind, message, cancel).ConfigureAwait(false);
            return accepted;
        }
        catch
        {
            await EndUnlessBegunAsync(created, problem).ConfigureAwait(false);
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
