using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// Step 8 of the road, third part: writes the one terminal state. While the store fails, the outcome is kept and written when the store
/// answers, for as long as the delivery is this worker's.
/// </summary>
internal sealed class OperationCompletion(
    StatusTransitions transitions,
    StoreCircuitBreaker circuit,
    OperationMetrics metrics,
    TimeProvider time,
    ILogger<MessageProcessor> logger)
{
    // For a store whose check passes while this document's writes fail: about ten seconds in all.
    private const int MaxTries = 6;

    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(300);

    /// <summary>Writes the outcome, if the operation is still this delivery's.</summary>
    public async Task<MessageDisposition> CompleteAsync(
        Delivery delivery, ClaimedOperation operation, OperationRun run, OperationOutcome outcome, Activity? activity)
    {
        var known = await run.EndAsync().ConfigureAwait(false);
        var wanted = outcome with { ResourceLocation = run.ResourceLocation };
        for (var tries = 1; ; tries++)
        {
            try
            {
                var written = await StorePatience.BoundAsync(
                    bounded => EndAsync(known, delivery, wanted, bounded), time, delivery.Abandon).ConfigureAwait(false);
                return Completed(delivery, operation, run, wanted, written, activity);
            }
            catch (OffloadedPollingException unwritable) when (
                unwritable is StatusDocumentTooLargeException or StatusDocumentNotSerializableException && (wanted.Problem is not { } problem || !Problems.IsOwn(problem)))
            {
                wanted = Unwritable(run, unwritable, activity);
                continue;
            }
            catch (OperationStoreException failed) when (tries < MaxTries && delivery.WaitsForStore)
            {
                circuit.OnFailure(failed);
            }
            catch (OffloadedPollingException failed) when (
                failed is OperationStoreException or OperationStatusConflictException && tries < MaxTries)
            {
                // Another try is all that is left.
            }

            await WaitAsync(delivery, tries).ConfigureAwait(false);
        }
    }

    private Task<StatusTransition> EndAsync(StoredOperation known, Delivery delivery, OperationOutcome outcome, CancellationToken cancellationToken) =>
        transitions.ApplyAsync(
            known,
            current => Ownership.IsHeldBy(current, delivery.Message) ? (StatusTransitions.Ended(current.Status, outcome), current.Metadata) : null,
            cancellationToken);

    private OperationOutcome Unwritable(OperationRun run, OffloadedPollingException unwritable, Activity? activity)
    {
        activity.Fail(unwritable);
        if (unwritable is StatusDocumentTooLargeException tooLarge)
        {
            Log.ResultTooLarge(logger, run.OperationId, tooLarge);
            return OperationOutcome.Failed(Problems.ResultTooLarge(tooLarge));
        }

        Log.ResultInvalid(logger, run.OperationId, unwritable.Message);
        return OperationOutcome.Failed(Problems.ResultInvalid);
    }

    private async Task WaitAsync(Delivery delivery, int tries)
    {
        await Backoff.DelayAsync(time, tries, delivery.Abandon, _firstRetry).ConfigureAwait(false);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(delivery.Abandon, delivery.Lease.Lost);
        await circuit.WaitAsync(given.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        delivery.Abandon.ThrowIfCancellationRequested();
    }

    private MessageDisposition Completed(
        Delivery delivery, ClaimedOperation operation, OperationRun run, OperationOutcome outcome, StatusTransition transition, Activity? activity)
    {
        if (transition.Written is null && !IsOwnEnd(transition.Current, delivery.Message, outcome))
        {
            Log.OperationLost(logger, run.OperationId, delivery.Message.Id);
            activity.CameTo(MessageOutcomes.Lost);
            activity.Fail(MessageOutcomes.Lost);
            return transition.Current?.Status.State.IsTerminal() == true ? MessageDisposition.Delete : MessageDisposition.Leave;
        }

        var ended = (transition.Written ?? transition.Current)!.Status;
        if (transition.Written is null)
        {
            metrics.Ended(ended);
        }

        circuit.OnSuccess();
        Log.OperationEnded(logger, run.OperationId, ended.State, run.Attempt);
        metrics.Ran(ended, run.Elapsed, operation.Waited);
        activity.CameTo(ended.State switch
        {
            OperationState.Succeeded => MessageOutcomes.Succeeded,
            OperationState.Canceled => MessageOutcomes.Canceled,
            _ => MessageOutcomes.Failed,
        });
        if (ended.State != OperationState.Canceled)
        {
            delivery.Runner.Kind.Recorder.Record(run.Elapsed);
        }

        return MessageDisposition.Delete;
    }

    // A write that failed, as it seemed, may have been made; by a policy's decision, with another outcome.
    private static bool IsOwnEnd(StoredOperation? current, ReceivedMessage message, OperationOutcome outcome) =>
        current is not null
        && (current.Status.State == outcome.State || current.Status.Error?.Type == Problems.StatusRefused.Type)
        && current.Metadata.OwnerMessageId == message.Id && current.Status.Attempt == message.ReceiveCount;
}
