using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// Third step: writes the one terminal state, or releases the operation for its next attempt. While the store fails, the outcome is kept
/// and written when the store answers, for as long as the delivery is this worker's.
/// </summary>
internal sealed class OperationCompleter(
    StatusTransitions transitions,
    StoreCircuitBreaker circuit,
    OperationMetrics metrics,
    TimeProvider time,
    ILogger<MessageProcessor> logger)
{
    // For a store whose check passes while this document's writes fail: about ten seconds in all.
    private const int MaxTries = 6;

    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(300);

    /// <summary>What is done about a write that failed.</summary>
    private enum Reaction
    {
        Throw,
        Retry,

        /// <summary>Write that the outcome could not be written.</summary>
        Replace,
    }

    /// <summary>Completes a run, if the operation is still this delivery's.</summary>
    public Task<DeliveryResult> CompleteAsync(OperationRun run, RunEnd end) => end switch
    {
        RunEnd.Terminal terminal => WriteTerminalAsync(run, terminal.Outcome, terminal.ErrorType),
        RunEnd.Retry retry => ScheduleRetryAsync(run, retry.Thrown),
        _ => Task.FromResult(((RunEnd.HandBack)end).Result),
    };

    private async Task<DeliveryResult> WriteTerminalAsync(OperationRun run, OperationOutcome outcome, string? errorType)
    {
        var known = await run.StopProgressAsync().ConfigureAwait(false);
        var (wanted, error) = (outcome with { ResourceLocation = run.ResourceLocation }, errorType);
        for (var tries = 1; ; tries++)
        {
            try
            {
                var transition = await circuit.BoundAsync(
                    cancellationToken => TryWriteTerminalAsync(run, known, wanted, cancellationToken), run.Delivery.StopWaiting)
                    .ConfigureAwait(false);
                return ResultOf(run, wanted, transition, error);
            }
            catch (OffloadedPollingException failed) when (ReactionTo(failed, wanted, tries) is not Reaction.Throw and var reaction)
            {
                if (reaction == Reaction.Replace)
                {
                    (wanted, error) = (Unwritable(run, failed), failed.GetType().FullName);
                    continue;
                }

                if (failed is OperationStoreException && run.Delivery.WaitsForStore)
                {
                    circuit.OnFailure(failed);
                }
            }

            await WaitAsync(run.Delivery, tries).ConfigureAwait(false);
        }
    }

    private Task<StatusTransition> TryWriteTerminalAsync(
        OperationRun run, StoredOperation known, OperationOutcome outcome, CancellationToken cancellationToken) => transitions.ApplyAsync(
            known,
            current => Ownership.IsHeldBy(current, run.Delivery.Message) ? StatusChange.End(current, outcome) : null,
            cancellationToken);

    private static Reaction ReactionTo(OffloadedPollingException failed, OperationOutcome outcome, int tries) => failed switch
    {
        // The library's own problems fit, and can be serialized.
        StatusDocumentTooLargeException or StatusDocumentNotSerializableException =>
            outcome.Problem is { } problem && Problems.IsOwn(problem) ? Reaction.Throw : Reaction.Replace,
        OperationStoreException or OperationStatusConflictException => tries < MaxTries ? Reaction.Retry : Reaction.Throw,
        _ => Reaction.Throw,
    };

    private OperationOutcome Unwritable(OperationRun run, OffloadedPollingException unwritable)
    {
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
        await Backoff.DelayAsync(time, tries, delivery.StopWaiting, _firstRetry).ConfigureAwait(false);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(delivery.StopWaiting, delivery.Lease.Lost);
        await circuit.WaitAsync(given.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        delivery.StopWaiting.ThrowIfCancellationRequested();
    }

    private DeliveryResult ResultOf(OperationRun run, OperationOutcome outcome, StatusTransition transition, string? errorType)
    {
        if (transition.Current is not { Status: var ended } current
            || !(transition.IsWritten || IsOwnEnd(current, run.Delivery.Message, outcome)))
        {
            Log.OperationLost(logger, run.OperationId, run.Delivery.Message.Id);
            var disposition = transition.Current?.Status.State.IsTerminal() == true ? MessageDisposition.Delete : MessageDisposition.Leave;
            return new DeliveryResult(disposition, MessageOutcomes.Lost, MessageOutcomes.Lost);
        }

        if (!transition.IsWritten)
        {
            metrics.Ended(ended);
        }

        circuit.OnSuccess();
        Log.OperationEnded(logger, run.OperationId, ended.State, run.Attempt);
        metrics.Ran(ended, run.Elapsed, run.Waited);
        if (ended.State != OperationState.Canceled)
        {
            run.Delivery.Invoker.Kind.Recorder.Record(run.Elapsed);
        }

        var reported = ended.State switch
        {
            OperationState.Succeeded => MessageOutcomes.Succeeded,
            OperationState.Canceled => MessageOutcomes.Canceled,
            _ => MessageOutcomes.Failed,
        };
        return new DeliveryResult(MessageDisposition.Delete, reported, errorType);
    }

    // A write that failed, as it seemed, may have been made; by a policy's decision, with another outcome.
    private static bool IsOwnEnd(StoredOperation current, ReceivedMessage message, OperationOutcome outcome) =>
        (current.Status.State == outcome.State || current.Status.Error?.Type == Problems.StatusRefused.Type)
        && current.Metadata.OwnerMessageId == message.Id && current.Status.Attempt == message.ReceiveCount;

    // Releases the operation for its next attempt. If somebody has asked to cancel it meanwhile, it ends as canceled.
    private async Task<DeliveryResult> ScheduleRetryAsync(OperationRun run, Exception thrown)
    {
        var (delivery, errorType) = (run.Delivery, thrown.GetType().FullName);
        var delay = RetryDelay.After(run.Attempt, delivery.MaxAttempts, delivery.Invoker.Kind.Options.VisibilityTimeout);
        var maxAttempts = delivery.MaxAttempts == int.MaxValue ? null : $"{delivery.MaxAttempts}";
        Log.HandlerThrew(logger, run.OperationId, run.Attempt, maxAttempts ?? "unlimited", delay, thrown);
        if (delivery.Lease.Lost.IsCancellationRequested)
        {
            return new DeliveryResult(MessageDisposition.Leave, MessageOutcomes.Retried, errorType);
        }

        var known = await run.StopProgressAsync().ConfigureAwait(false);
        var attempt = maxAttempts is null ? $"{run.Attempt}" : $"{run.Attempt} of {maxAttempts}";
        var message = $"Attempt {attempt} failed. A retry is scheduled.";
        var current = await TryWriteRetryDueAsync(run, known, message, delay).ConfigureAwait(false);
        return current is { Metadata.CancelRequested: true } && Ownership.IsHeldBy(current, delivery.Message)
            ? await WriteTerminalAsync(run, OperationOutcome.Canceled, errorType).ConfigureAwait(false)
            : new DeliveryResult(MessageDisposition.Release, MessageOutcomes.Retried, errorType) { VisibleAfter = delay };
    }

    // A document that does not announce the retry does not prevent the retry.
    private async Task<StoredOperation?> TryWriteRetryDueAsync(OperationRun run, StoredOperation known, string message, TimeSpan delay)
    {
        try
        {
            var transition = await circuit.BoundAsync(
                cancellationToken => WriteRetryDueAsync(run, known, message, delay, cancellationToken), run.Delivery.StopWaiting)
                .ConfigureAwait(false);
            return transition.Current;
        }
        catch (OffloadedPollingException unwritten)
        {
            Log.RetryNotWritten(logger, run.OperationId, unwritten);
            return null;
        }
    }

    private Task<StatusTransition> WriteRetryDueAsync(
        OperationRun run, StoredOperation known, string message, TimeSpan delay, CancellationToken cancellationToken) =>
        transitions.ApplyUnlessRefusedAsync(
            known,
            current => Ownership.IsHeldBy(current, run.Delivery.Message) && !current.Metadata.CancelRequested
                ? new StatusChange(
                    current.Status with { PercentComplete = null, Message = message, Estimate = run.Estimate?.Delayed(delay) },
                    Ownership.Released(current.Metadata))
                : null,
            cancellationToken);
}
