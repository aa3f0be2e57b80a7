using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// Third step: writes the one terminal state, or releases the operation for its next attempt. While the store fails, the outcome is kept,
/// and is written when the store recovers, if the delivery still belongs to this worker.
/// </summary>
internal sealed class OperationCompleter(
    StatusTransitions transitions, StoreCircuitBreaker circuit, OperationMetrics metrics, TimeProvider time,
    ILogger<MessageProcessor> logger)
{
    // Needed if the store's check passes while this document's writes fail: about ten seconds in all.
    private const int MaxTries = 6;

    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(300);

    public Task<DeliveryResult> CompleteAsync(OperationRun run, RunEnd end) => end switch
    {
        RunEnd.Terminal terminal => WriteTerminalAsync(run, terminal.Outcome, terminal.ErrorType),
        RunEnd.Retry retry => ScheduleRetryAsync(run, retry.Thrown),
        _ => Task.FromResult(((RunEnd.HandBack)end).Result),
    };

    private async Task<DeliveryResult> WriteTerminalAsync(OperationRun run, OperationOutcome outcome, string? errorType)
    {
        var (delivery, known) = (run.Delivery, await run.StopProgressAsync().ConfigureAwait(false));
        var (wanted, error) = (outcome with { ResourceLocation = run.ResourceLocation }, errorType);
        for (var tries = 1; ; tries++)
        {
            try
            {
                var transition = await circuit.BoundAsync(
                    cancellationToken => transitions.ApplyRequiredAsync(known, EndIfStillHeld, cancellationToken), delivery.StopWaiting)
                    .ConfigureAwait(false);
                return ResultOf(run, wanted, transition, error);
            }
            catch (OffloadedPollingException unwritable) when (IsUnwritable(unwritable, wanted))
            {
                (wanted, error) = (Replacement(run, unwritable), unwritable.GetType().FullName);
                continue;
            }
            catch (OffloadedPollingException failed) when (
                failed is OperationStoreException or OperationStatusConflictException && tries < MaxTries)
            {
                if (failed is OperationStoreException && delivery.WaitsForStore)
                {
                    circuit.OnFailure(failed);
                }
            }

            await Backoff.DelayAsync(time, tries, delivery.StopWaiting, _firstRetry).ConfigureAwait(false);
            using var stopped = CancellationTokenSource.CreateLinkedTokenSource(delivery.StopWaiting, delivery.Lease.Lost);
            await circuit.WaitAsync(stopped.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delivery.StopWaiting.ThrowIfCancellationRequested();
        }

        StatusChange? EndIfStillHeld(StoredOperation current) =>
            Ownership.IsHeldBy(current, delivery.Message) ? StatusChange.End(current, wanted) : null;
    }

    // The library's own problems fit, and can be serialized.
    private static bool IsUnwritable(OffloadedPollingException failed, OperationOutcome outcome) =>
        failed is StatusDocumentTooLargeException or StatusDocumentNotSerializableException
        && !(outcome.Problem is { } problem && Problems.IsOwn(problem));

    private OperationOutcome Replacement(OperationRun run, OffloadedPollingException unwritable)
    {
        if (unwritable is StatusDocumentTooLargeException tooLarge)
        {
            Log.ResultTooLarge(logger, run.OperationId, tooLarge);
            return OperationOutcome.Failed(Problems.ResultTooLarge(tooLarge));
        }

        Log.ResultInvalid(logger, run.OperationId, unwritable.Message);
        return OperationOutcome.Failed(Problems.ResultInvalid);
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
        metrics.Ran(ended, run.Elapsed, run.Claimed.Waited);
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

    // A write that seemed to fail may have succeeded. A policy may have changed the outcome.
    private static bool IsOwnEnd(StoredOperation current, ReceivedMessage message, OperationOutcome outcome) =>
        (current.Status.State == outcome.State || current.Status.Error?.Type == Problems.StatusRefused.Type)
        && current.Metadata.OwnerMessageId == message.Id && current.Status.Attempt == message.ReceiveCount;

    // If cancellation was requested in the meantime, the operation ends as canceled.
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

        var attempt = maxAttempts is null ? $"{run.Attempt}" : $"{run.Attempt} of {maxAttempts}";
        var current = await AnnounceRetryAsync(run, $"Attempt {attempt} failed. A retry is scheduled.", delay).ConfigureAwait(false);
        return current is { Metadata.CancelRequested: true } && Ownership.IsHeldBy(current, delivery.Message)
            ? await WriteTerminalAsync(run, OperationOutcome.Canceled, errorType).ConfigureAwait(false)
            : new DeliveryResult(delivery.Lease.UnfinishedDisposition, MessageOutcomes.Retried, errorType) { VisibleAfter = delay };
    }

    // If the document cannot announce the retry, the operation is still retried.
    private async Task<StoredOperation?> AnnounceRetryAsync(OperationRun run, string message, TimeSpan delay)
    {
        var known = await run.StopProgressAsync().ConfigureAwait(false);
        try
        {
            var transition = await circuit.BoundAsync(
                cancellationToken => transitions.ApplyOptionalAsync(known, Release, cancellationToken), run.Delivery.StopWaiting)
                .ConfigureAwait(false);
            return transition.Current;
        }
        catch (OffloadedPollingException unwritten)
        {
            Log.RetryNotWritten(logger, run.OperationId, unwritten);
            return null;
        }

        StatusChange? Release(StoredOperation current) =>
            Ownership.IsHeldBy(current, run.Delivery.Message) && !current.Metadata.CancelRequested
                ? new StatusChange(
                    current.Status with { PercentComplete = null, Message = message, Estimate = run.Estimate?.Delayed(delay) },
                    Ownership.Released(current.Metadata))
                : null;
    }
}

/// <summary>Calculates how long a failed operation waits before its next attempt.</summary>
internal static class RetryDelay
{
    // The maximum time for which SQS hides a message.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
    private const double LongestSeconds = 12 * 60 * 60;

    private const double FirstSeconds = 2;

    /// <summary>
    /// Returns the delay after a failed attempt: 2 seconds after the first one, then twice as long each time, up to twice the visibility
    /// timeout. The last attempt is not earlier than with delays of one visibility timeout each. So the operation survives an outage of
    /// that length.
    /// </summary>
    public static TimeSpan After(int attempt, int maxAttempts, TimeSpan visibilityTimeout)
    {
        var visibility = visibilityTimeout.TotalSeconds;
        var delay = Doubled(attempt);
        if (attempt == maxAttempts - 1)
        {
            delay = Math.Max(delay, (attempt * visibility) - Enumerable.Range(1, attempt - 1).Sum(Doubled));
        }

        return TimeSpan.FromSeconds(Math.Min(delay, LongestSeconds));

        double Doubled(int failed) => Math.Min(FirstSeconds * Math.Pow(2, failed - 1), Math.Max(FirstSeconds, 2 * visibility));
    }
}
