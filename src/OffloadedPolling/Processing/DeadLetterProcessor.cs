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
    public async Task ProcessAsync(string kind, ReceivedMessage letter)
    {
        try
        {
            switch (await EndAsync(kind, letter).ConfigureAwait(false))
            {
                case MessageDisposition.Delete:
                    await queue.DeleteAsync(kind, letter, CancellationToken.None).ConfigureAwait(false);
                    break;
                default:
                    // Never deleted: a store that denies reading says no more than one that has no such document.
                    await queue.SetAsideAsync(kind, letter, CancellationToken.None).ConfigureAwait(false);
                    break;
            }
        }
        catch (Exception failed)
        {
            // One letter must not keep the reader from the others.
            Log.DeadLetterLeft(logger, letter.Id, kind, failed);
        }
    }

    /// <summary>Ends its operation, if it is anybody's, and says what is to become of the letter: deleted or set aside.</summary>
    public async Task<MessageDisposition> EndAsync(string kind, ReceivedMessage letter)
    {
        var id = letter.StatusKey is { } statusKey ? store.GetOperationId(statusKey) : null;
        var found = id is null ? null : await store.GetAsync(id, CancellationToken.None).ConfigureAwait(false);
        if (found is null)
        {
            Log.DeadLetterWithoutDocument(logger, letter.Id, kind, letter.StatusKey);
            return MessageDisposition.SetAside;
        }

        await EndAsync(kind, letter, found).ConfigureAwait(false);
        return MessageDisposition.Delete;
    }

    private async Task EndAsync(string kind, ReceivedMessage letter, StoredOperation found)
    {
        var ended = await transitions.ApplyAsync(
            found,
            current => Ownership.IsLeftBehindBy(current, letter) ? (StatusTransitions.Ended(current.Status, OutcomeOf(current)), current.Metadata) : null,
            CancellationToken.None).ConfigureAwait(false);
        if (ended is null)
        {
            Log.DeadLetterOfNoMatter(logger, letter.Id, kind, found.Status.Id);
        }
        else
        {
            Log.OperationGivenUp(logger, found.Status.Id, letter.Id, kind);
        }
    }

    private static OperationOutcome OutcomeOf(StoredOperation operation) => OperationOutcome.Failed(Problems.GivenUp(operation.Status.Attempt));
}
