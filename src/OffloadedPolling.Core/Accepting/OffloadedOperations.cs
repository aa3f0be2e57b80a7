using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;

namespace OffloadedPolling.Accepting;

/// <inheritdoc cref="IOffloadedOperations"/>
internal sealed class OffloadedOperations(
    OperationKinds kinds, OperationAccepter accepter, StatusUrls urls, IOperationStatusStore store, StatusTransitions transitions,
    OperationMetrics metrics) : IOffloadedOperations
{
    private static readonly AcceptOptions _defaults = new();

    public IReadOnlyList<string> Kinds { get; } = [.. kinds.All.Select(kind => kind.Name)];

    public Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, CancellationToken cancellationToken)
        where TPayload : notnull => AcceptAsync(payload, _defaults, cancellationToken);

    public async Task<AcceptedOperation> AcceptAsync<TPayload>(TPayload payload, AcceptOptions options, CancellationToken cancellationToken)
        where TPayload : notnull
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(options);
        var kind = kinds.ForPayload<TPayload>();
        using var activity = OperationActivities.Accept(kind.Name);
        try
        {
            var request = AcceptRequest.Create(kind, payload, options);
            activity?.SetTag(TagNames.OperationId, request.Id);
            var accepted = await accepter.AcceptAsync(request, cancellationToken).ConfigureAwait(false);
            activity?.SetTag(TagNames.Repeated, accepted.Repeated);
            activity?.SetTag(TagNames.Status, accepted.Status.ToString());
            metrics.Accepted(kind.Name, accepted.Repeated);
            return accepted;
        }
        catch (Exception failed)
        {
            activity.Fail(failed);
            throw;
        }
    }

    public async Task<OperationStatus?> GetAsync(string id, CancellationToken cancellationToken) =>
        (await FindAsync(id, cancellationToken).ConfigureAwait(false))?.Status;

    public async Task<AcceptedOperation?> RenewUrlAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not { Status: var status })
        {
            return null;
        }

        var renewed = await urls.IssueAsync(status, isRepeated: true, cancellationToken).ConfigureAwait(false);
        metrics.UrlRenewed(status);
        return renewed;
    }

    public async Task<OperationStatus?> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        var transition = await transitions.ApplyRequiredAsync(found, transitions.CancelRequested, cancellationToken).ConfigureAwait(false);
        return transition.Current?.Status;
    }

    public Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return OperationId.IsValid(id) ? store.DeleteAsync(id, cancellationToken) : Task.CompletedTask;
    }

    private Task<StoredOperation?> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return OperationId.IsValid(id) ? store.GetAsync(id, cancellationToken) : Task.FromResult<StoredOperation?>(null);
    }
}
