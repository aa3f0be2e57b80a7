using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Processing;

/// <summary>Schedules the next attempt of an operation whose handler threw, and writes to its document that a retry is due.</summary>
internal sealed class OperationRetries(
    StatusTransitions transitions,
    OperationCompletion completion,
    TimeProvider time,
    ILogger<MessageProcessor> logger)
{
    /// <summary>Releases the operation for its next attempt. If a request to cancel has come meanwhile, the operation ends as canceled.</summary>
    public async Task<DeliveryResult> ScheduleAsync(
        Delivery delivery, ClaimedOperation operation, OperationRun run, Exception thrown, Activity? activity)
    {
        var maxAttempts = delivery.MaxAttempts;
        var delay = RetryDelay.After(run.Attempt, maxAttempts, delivery.Runner.Kind.Options.VisibilityTimeout);
        Log.HandlerThrew(logger, run.OperationId, run.Attempt, maxAttempts == int.MaxValue ? "unlimited" : $"{maxAttempts}", delay, thrown);
        activity.CameTo(MessageOutcomes.Retried, thrown);
        if (delivery.Lease.Lost.IsCancellationRequested)
        {
            return new DeliveryResult(MessageDisposition.Leave);
        }

        var known = await run.EndAsync().ConfigureAwait(false);
        var current = await WriteAsync(delivery, operation, known, RetryDue(maxAttempts, delay)).ConfigureAwait(false);
        if (current is { Metadata.CancelRequested: true } && Ownership.IsHeldBy(current, delivery.Message))
        {
            return new DeliveryResult(
                await completion.CompleteAsync(delivery, operation, run, OperationOutcome.Canceled, activity).ConfigureAwait(false));
        }

        return new DeliveryResult(MessageDisposition.Release) { VisibleAfter = delay };

        Func<OperationStatus, OperationStatus> RetryDue(int most, TimeSpan wait) => status => status with
        {
            PercentComplete = null,
            Message = RetryMessage(run.Attempt, most),
            Estimate = operation.Stored.Status.Estimate?.Delayed(wait),
        };
    }

    // A document that says nothing of the retry does not keep the retry from happening.
    private async Task<StoredOperation?> WriteAsync(
        Delivery delivery, ClaimedOperation operation, StoredOperation known, Func<OperationStatus, OperationStatus> retryDue)
    {
        try
        {
            var (current, _) = await StorePatience.BoundAsync(
                bounded => transitions.ApplyUnlessRefusedAsync(known, Change, bounded), time, delivery.Abandon).ConfigureAwait(false);
            return current;
        }
        catch (OffloadedPollingException unwritten)
        {
            Log.RetryNotWritten(logger, operation.Stored.Status.Id, unwritten);
            return null;
        }

        (OperationStatus Status, OperationMetadata Metadata)? Change(StoredOperation current) =>
            Ownership.IsHeldBy(current, delivery.Message) && !current.Metadata.CancelRequested
                ? (retryDue(current.Status), Ownership.Released(current.Metadata))
                : null;
    }

    private static string RetryMessage(int attempt, int maxAttempts) => maxAttempts == int.MaxValue
        ? $"Attempt {attempt} failed. A retry is scheduled."
        : $"Attempt {attempt} of {maxAttempts} failed. A retry is scheduled.";
}
