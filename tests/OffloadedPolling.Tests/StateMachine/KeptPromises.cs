using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>Judges what became of a history's operations after all faults have ended.</summary>
internal sealed class KeptPromises(ModelStore store, ModelQueue queue, HandlerEnds ends, List<SteppedCaller> callers)
{
    /// <summary>Returns the first promise that was not kept; <see langword="null"/> if all were.</summary>
    /// <param name="api">The API process; <see langword="null"/> if one has died, which may leave documents that nobody knows.</param>
    public string? Judge(SteppedApi? api)
    {
        var accepted = callers.Where(caller => caller.Accepted is { Id: var id } && !store.WasRemoved(id, since: caller.RemovalsBefore))
            .Select(caller => caller.Accepted!.Id);
        var queued = queue.Sent.Where(sent => store.Find(sent.Id)?.Status.CreatedAt is not { } createdAt || createdAt == sent.CreatedAt);
        var promised = accepted.Concat(queued.Select(sent => sent.Id)).ToHashSet();
        if (promised.Select(Judge).FirstOrDefault(broken => broken is not null) is { } broken)
        {
            return broken;
        }

        if (api is not null && store.All.Any(operation => IsForgotten(operation.Status, api)))
        {
            return "an accept left a document that waits for ever";
        }

        return promised.Count > callers.Count ? "one call made two operations" : null;
    }

    private string? Judge(string id) => store.Find(id)?.Status switch
    {
        null => store.WasRemoved(id) ? null : "there is no document",
        { Error.Type: var type } when type == Problems.NotSent.Type && callers.Exists(caller => caller.Accepted?.Id == id) =>
            "it was accepted and ended as not sent",
        { State: OperationState.NotStarted or OperationState.Running } status => $"it stays {status.State}",
        { State: OperationState.Succeeded, Attempt: var attempt } when !ends.HasReturned(id, attempt ?? 0) =>
            "it succeeded without its handler",
        { Error.Type: var type, Attempt: var attempt } when type == Problems.HandlerFailed(1).Type && !ends.HasThrown(id, attempt ?? 0) =>
            "its handler did not fail",
        _ => null,
    };

    // A creation that its accept no longer waited for may arrive after the document of another accept with the key was deleted.
    private bool IsForgotten(OperationStatus status, SteppedApi api) =>
        status.State == OperationState.NotStarted && !api.HasTold(status.Id) && !store.WasRemoved(status.Id);
}
