using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// What is done about a message that was delivered too often: its operation ends as <c>Failed</c>, unless another message brings it to its
/// end.
/// </summary>
internal sealed class DeadLetterProcessor(
    IOperationStatusStore store, IDeadLetterQueue queue, StatusTransitions transitions, ILogger<DeadLetterProcessor> logger)
{
    /// <summary>Processes a dead letter to its end. What fails is logged, and comes again.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="letter">The letter.</param>
    /// <param name="delete">Whether to delete one that is done with, or to leave that to whoever received it.</param>
    /// <returns>Whether it is done with.</returns>
    public async Task<bool> ProcessAsync(string kind, ReceivedMessage letter, bool delete = true)
    {
        using var activity = OperationActivities.Process(OperationActivities.DeadLettersOf(kind), kind, queue.MessagingSystem, letter);
        try
        {
            var id = letter.StatusKey is { } statusKey ? store.GetOperationId(statusKey) : null;
            var found = id is null ? null : await store.GetAsync(id, CancellationToken.None).ConfigureAwait(false);
            if (found is null)
            {
                // Never deleted: a store that denies reading says no more than one that has no such document.
                Log.DeadLetterWithoutDocument(logger, letter.Id, kind, letter.StatusKey);
                activity.CameTo(MessageOutcomes.Invalid);
                activity.Fail(MessageOutcomes.Invalid);
                await queue.SetAsideAsync(kind, letter, CancellationToken.None).ConfigureAwait(false);
                return false;
            }

            activity?.SetTag(TagNames.OperationId, found.Status.Id);
            await EndAsync(kind, letter, found, activity).ConfigureAwait(false);
            if (delete)
            {
                await queue.DeleteAsync(kind, letter, CancellationToken.None).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception failed)
        {
            // One letter must not keep the reader from the others.
            activity.CameTo(MessageOutcomes.Left, failed);
            Log.DeadLetterLeft(logger, letter.Id, kind, failed);
            return false;
        }
    }

    private async Task EndAsync(string kind, ReceivedMessage letter, StoredOperation found, Activity? activity)
    {
        var ended = await transitions.ApplyAsync(
            found,
            current => Ownership.IsLeftBehindBy(current, letter) ? (StatusTransitions.Ended(current.Status, OutcomeOf(current)), current.Metadata) : null,
            CancellationToken.None).ConfigureAwait(false);
        if (ended is null)
        {
            Log.DeadLetterOfNoMatter(logger, letter.Id, kind, found.Status.Id);
            activity.CameTo(MessageOutcomes.AlreadyEnded);
        }
        else
        {
            Log.OperationGivenUp(logger, found.Status.Id, letter.Id, kind);
            activity.CameTo(MessageOutcomes.GivenUp);
            activity.Fail(MessageOutcomes.GivenUp);
        }
    }

    private static OperationOutcome OutcomeOf(StoredOperation operation) => OperationOutcome.Failed(Problems.GivenUp(operation.Status.Attempt));
}
