using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// Processes dead letters: messages that were delivered as often as is allowed. An operation that never began is sent again, a bounded number
/// of times; one that the message owns ends as <c>Failed</c>, or <c>Canceled</c> if somebody asked for that. Others are left to their messages.
/// </summary>
internal sealed class DeadLetterProcessor(
    IOperationStatusStore store,
    IDeadLetterQueue deadLetters,
    IOperationQueue queue,
    StatusTransitions transitions,
    StoreCircuitBreaker circuit,
    ILogger<DeadLetterProcessor> logger)
{
    // Each gives the operation all the deliveries of a new message.
    private const int MaxResends = 3;

    /// <summary>Waits while the store fails.</summary>
    public Task WaitForStoreAsync(CancellationToken cancellationToken) => circuit.WaitAsync(cancellationToken);

    /// <summary>Processes a dead letter. What fails is logged, and the letter is received again.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="letter">The letter.</param>
    /// <param name="delete">Whether to delete a letter that is done with, or to leave that to the receiver.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>Whether it is done with.</returns>
    public async Task<bool> ProcessAsync(string kind, ReceivedMessage letter, bool delete, CancellationToken cancellationToken)
    {
        using var activity = OperationActivities.Process(OperationActivities.DeadLettersOf(kind), kind, deadLetters.MessagingSystem, letter);
        try
        {
            var id = letter.StatusKey is { } statusKey ? store.GetOperationId(statusKey) : null;
            var found = id is null ? null : await store.GetAsync(id, cancellationToken).ConfigureAwait(false);
            circuit.OnSuccess();
            if (found is null)
            {
                // Never deleted: a store that denies reading says no more than one that has no such document.
                Log.DeadLetterWithoutDocument(logger, letter.Id, kind, letter.StatusKey);
                activity.CameTo(MessageOutcomes.Invalid);
                activity.Fail(MessageOutcomes.Invalid);
                await deadLetters.SetAsideAsync(kind, letter, cancellationToken).ConfigureAwait(false);
                return false;
            }

            activity?.SetTag(TagNames.OperationId, found.Status.Id);
            if (found.Status.Kind != kind && Ownership.IsDeadLettered(found, letter) && !transitions.IsHalfExpired(found.Status))
            {
                // Hosts with different kinds may share a dead-letter queue. Without a reader of the right kind, it is given up later.
                Log.DeadLetterOfAnotherKind(logger, letter.Id, kind, found.Status.Id, found.Status.Kind);
                activity.CameTo(MessageOutcomes.Left);
                return false;
            }

            await SettleAsync(kind, letter, found, activity, cancellationToken).ConfigureAwait(false);
            if (delete)
            {
                await deadLetters.DeleteAsync(kind, letter, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception failed)
        {
            // One letter must not keep the reader from the others.
            activity.CameTo(MessageOutcomes.Left, failed);
            Log.DeadLetterLeft(logger, letter.Id, kind, failed);
            if (failed is OperationStoreException)
            {
                circuit.OnFailure(failed);
            }

            return false;
        }
    }

    private async Task SettleAsync(
        string kind, ReceivedMessage letter, StoredOperation found, Activity? activity, CancellationToken cancellationToken)
    {
        var transition = await transitions.ApplyAsync(
            found, current => Change(current, kind, letter), cancellationToken).ConfigureAwait(false);
        if (!transition.IsWritten)
        {
            NotChanged(kind, letter, transition.Current ?? found, activity);
            return;
        }

        var written = transition.Current;
        switch (written.Status.State)
        {
            case OperationState.NotStarted:
                await ResendAsync(kind, letter, written, cancellationToken).ConfigureAwait(false);
                Log.OperationResent(logger, written.Status.Id, letter.Id, kind, Ownership.Replacements(written), MaxResends);
                activity.CameTo(MessageOutcomes.Resent);
                break;
            case OperationState.Canceled:
                Log.OperationEnded(logger, written.Status.Id, written.Status.State, written.Status.Attempt ?? 0);
                activity.CameTo(MessageOutcomes.Canceled);
                break;
            default:
                Log.OperationGivenUp(logger, found.Status.Id, letter.Id, kind);
                activity.CameTo(MessageOutcomes.GivenUp);
                activity.Fail(MessageOutcomes.GivenUp);
                break;
        }
    }

    private void NotChanged(string kind, ReceivedMessage letter, StoredOperation operation, Activity? activity)
    {
        if (Ownership.IsOfSameGeneration(operation, letter))
        {
            Log.DeadLetterObsolete(logger, letter.Id, kind, operation.Status.Id);
            activity.CameTo(MessageOutcomes.AlreadyEnded);
        }
        else
        {
            Log.DeadLetterOfEarlierDocument(logger, letter.Id, kind, operation.Status.Id);
            activity.CameTo(MessageOutcomes.Superseded);
        }
    }

    // Written before the message is sent: a reader that dies in between has spent a resend, and never sends more than allowed. A worker that
    // still holds the dead message can no longer claim the operation, or nobody would be left to end it if that worker died.
    private static StatusChange? Change(StoredOperation current, string kind, ReceivedMessage letter) => current switch
    {
        _ when !Ownership.IsDeadLettered(current, letter) => null,
        { Metadata.CancelRequested: true } => StatusChange.End(current, OperationOutcome.Canceled),
        { Status.State: OperationState.NotStarted } when current.Status.Kind == kind && Ownership.Replacements(current) < MaxResends =>
            new(current.Status, Ownership.WithReplaced(current.Metadata, letter.Id)),
        _ => StatusChange.End(current, OperationOutcome.Failed(Problems.GivenUp(current.Status.Attempt))),
    };

    private Task ResendAsync(string kind, ReceivedMessage letter, StoredOperation operation, CancellationToken cancellationToken)
    {
        var message = new OutgoingMessage
        {
            Body = letter.Body,
            StatusKey = store.GetStatusKey(operation.Status.Id),
            StatusCreatedAt = operation.Status.CreatedAt,
            TraceParent = letter.TraceParent,
        };
        return queue.SendAsync(kind, message, cancellationToken);
    }
}
