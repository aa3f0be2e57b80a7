using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>Checks the operations of a history after all faults have ended.</summary>
internal sealed class GuaranteeChecker(ModelStore store, ModelQueue queue, HandlerEnds ends, List<SteppedCaller> callers)
{
    /// <summary>Returns the first broken guarantee, or <see langword="null"/> if there is none.</summary>
    /// <param name="api">The API process, or <see langword="null"/> if one has died, which may leave documents without a message.</param>
    public string? Check(SteppedApi? api)
    {
        var accepted = callers.Where(caller => caller.Accepted is { Id: var id } && !store.WasRemoved(id, since: caller.RemovalsBefore))
            .Select(caller => caller.Accepted!.Id);
        var queued = queue.Sent.Where(sent => store.Find(sent.Id)?.Status.CreatedAt is not { } createdAt || createdAt == sent.CreatedAt);
        var promised = accepted.Concat(queued.Select(sent => sent.Id)).ToHashSet();
        if (promised.Select(Check).FirstOrDefault(broken => broken is not null) is { } broken)
        {
            return broken;
        }

        if (api is not null && store.All.Any(operation => IsForgotten(operation.Status, api)))
        {
            return "an accept left a document that waits forever";
        }

        return promised.Count > callers.Count ? "one call created two operations" : null;
    }

    private string? Check(string id) => store.Find(id)?.Status switch
    {
        null => store.WasRemoved(id) ? null : "the document is missing",
        { Error.Type: var type } when type == Problems.NotSent.Type && callers.Exists(caller => caller.Accepted?.Id == id) =>
            "an accepted operation ended as not sent",
        { State: OperationState.NotStarted or OperationState.Running } status => $"an operation stays {status.State}",
        { State: OperationState.Succeeded, Attempt: var attempt } when !ends.HasReturned(id, attempt ?? 0) =>
            "an operation succeeded although its handler did not return",
        { Error.Type: var type, Attempt: var attempt } when type == Problems.HandlerFailed(1).Type && !ends.HasThrown(id, attempt ?? 0) =>
            "an operation failed although its handler did not throw",
        _ => null,
    };

    // A document may be created after its accept stopped waiting, and after the document of another accept with the key was deleted.
    private bool IsForgotten(OperationStatus status, SteppedApi api) =>
        status.State == OperationState.NotStarted && !api.HasLogged(status.Id) && !store.WasRemoved(status.Id);
}
