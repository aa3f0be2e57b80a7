using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// Processes dead letters: messages whose allowed deliveries were used. An operation that never started is sent again, a limited number of
/// times. One that the message owns ends as <c>Failed</c>, or as <c>Canceled</c> if that was requested. Others are not changed.
/// </summary>
internal sealed class DeadLetterProcessor(
    IOperationStatusStore store, IDeadLetterQueue deadLetters, IOperationQueue queue, StatusTransitions transitions,
    StoreCircuitBreaker circuit, ILogger<DeadLetterProcessor> logger)
{
    // Each resend gives the operation all deliveries of a new message.
    private const int MaxResends = 3;

    public Task WaitForStoreAsync(CancellationToken cancellationToken) => circuit.WaitAsync(cancellationToken);

    /// <summary>
    /// Processes a dead letter and returns whether that is complete. The letter is then deleted, here or by the receiver. After a failure,
    /// which is logged, the letter is redelivered.
    /// </summary>
    public async Task<bool> ProcessAsync(string kind, ReceivedMessage letter, bool delete, CancellationToken cancellationToken)
    {
        using var activity = OperationActivities.Process(
            OperationActivities.DeadLettersOf(kind), kind, deadLetters.MessagingSystem, letter);
        try
        {
            var result = (await SettleAsync(kind, letter, activity, cancellationToken).ConfigureAwait(false)).ReportTo(activity);
            var isDone = result.Disposition == MessageDisposition.Delete;
            if (isDone && delete)
            {
                await deadLetters.DeleteAsync(kind, letter, cancellationToken).ConfigureAwait(false);
            }

            return isDone;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            new DeliveryResult(MessageDisposition.Leave, MessageOutcomes.Stopped).ReportTo(activity);
            return false;
        }
        catch (Exception failed)
        {
            // A failing letter must not block the others.
            DeliveryResult.Left(failed).ReportTo(activity);
            Log.DeadLetterLeft(logger, letter.Id, kind, failed);
            if (failed is OperationStoreException)
            {
                circuit.OnFailure(failed);
            }

            return false;
        }
    }

    private async Task<DeliveryResult> SettleAsync(
        string kind, ReceivedMessage letter, Activity? activity, CancellationToken cancellationToken)
    {
        var id = letter.StatusKey is { } statusKey ? store.GetOperationId(statusKey) : null;
        var found = id is null ? null : await store.GetAsync(id, cancellationToken).ConfigureAwait(false);
        circuit.OnSuccess();
        if (found is null)
        {
            // The letter is never deleted, because a store that denies reading looks like one without the document.
            Log.DeadLetterWithoutDocument(logger, letter.Id, kind, letter.StatusKey);
            await deadLetters.SetAsideAsync(kind, letter, cancellationToken).ConfigureAwait(false);
            return new DeliveryResult(MessageDisposition.Leave, MessageOutcomes.Invalid, MessageOutcomes.Invalid);
        }

        activity?.SetTag(TagNames.OperationId, found.Status.Id);
        if (found.Status.Kind != kind && Ownership.IsDeadLettered(found, letter) && !transitions.IsHalfExpired(found.Status))
        {
            // Hosts with different kinds may share a dead-letter queue. Without a reader of the right kind, the operation ends later.
            Log.DeadLetterOfAnotherKind(logger, letter.Id, kind, found.Status.Id, found.Status.Kind);
            return new DeliveryResult(MessageDisposition.Leave, MessageOutcomes.Left);
        }

        var transition = await transitions.ApplyRequiredAsync(
            found, current => Change(current, kind, letter), cancellationToken).ConfigureAwait(false);
        return transition.IsWritten
            ? await WrittenAsync(kind, letter, transition.Current, cancellationToken).ConfigureAwait(false)
            : NotApplicable(kind, letter, transition.Current ?? found);
    }

    private async Task<DeliveryResult> WrittenAsync(
        string kind, ReceivedMessage letter, StoredOperation written, CancellationToken cancellationToken)
    {
        var status = written.Status;
        switch (status.State)
        {
            case OperationState.NotStarted:
                await ResendAsync(kind, letter, status, cancellationToken).ConfigureAwait(false);
                Log.OperationResent(logger, status.Id, letter.Id, kind, Ownership.Replacements(written), MaxResends);
                return new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.Resent);
            case OperationState.Canceled:
                Log.OperationEnded(logger, status.Id, status.State, status.Attempt ?? 0);
                return new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.Canceled);
            default:
                Log.OperationGivenUp(logger, status.Id, letter.Id, kind);
                return new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.GivenUp, MessageOutcomes.GivenUp);
        }
    }

    private DeliveryResult NotApplicable(string kind, ReceivedMessage letter, StoredOperation operation)
    {
        if (Ownership.IsOfSameGeneration(operation, letter))
        {
            Log.DeadLetterObsolete(logger, letter.Id, kind, operation.Status.Id);
            return new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.AlreadyEnded);
        }

        Log.DeadLetterOfEarlierDocument(logger, letter.Id, kind, operation.Status.Id);
        return new DeliveryResult(MessageDisposition.Delete, MessageOutcomes.Superseded);
    }

    // Written before the message is sent, so that a worker that still holds the dead message can no longer claim the operation. If that
    // worker crashed, no message would be left to end it. A letter that was replaced and comes again was not sent, or not deleted. It is
    // sent again and not counted: neither an outage of the queue nor a crash ends the operation. Too many messages do no harm.
    private static StatusChange? Change(StoredOperation current, string kind, ReceivedMessage letter) => current switch
    {
        _ when !Ownership.IsDeadLettered(current, letter) => null,
        { Metadata.CancelRequested: true } => StatusChange.End(current, OperationOutcome.Canceled),
        { Status.State: OperationState.NotStarted } when current.Status.Kind == kind
            && (Ownership.Replacements(current) < MaxResends || Ownership.IsReplaced(current.Metadata, letter.Id)) =>
            new(current.Status, Ownership.WithReplaced(current.Metadata, letter.Id)),
        _ => StatusChange.End(current, OperationOutcome.Failed(Problems.GivenUp(current.Status.Attempt))),
    };

    private Task ResendAsync(string kind, ReceivedMessage letter, OperationStatus status, CancellationToken cancellationToken)
    {
        var message = new OutgoingMessage
        {
            Body = letter.Body,
            StatusKey = store.GetStatusKey(status.Id),
            StatusCreatedAt = status.CreatedAt,
            TraceParent = letter.TraceParent,
        };
        return queue.SendAsync(kind, message, cancellationToken);
    }
}
