using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>Step 8 of the road, second part: runs the handler of a claimed operation.</summary>
internal sealed class HandlerRuns(
    HandlerScopes handlers,
    StatusTransitions transitions,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    ILogger<MessageProcessor> logger)
{
    /// <summary>Starts a run. It is to be disposed when the operation is completed.</summary>
    public OperationRun Start(Delivery delivery, ClaimedOperation operation)
    {
        var run = new OperationRun(operation.Stored, delivery, transitions, options.Value, time, logger);
        run.Watch();
        return run;
    }

    /// <summary>Runs the handler until it ends, or is abandoned.</summary>
    public async Task<RunEnd> RunAsync(Delivery delivery, ClaimedOperation operation, OperationRun run, Activity? activity)
    {
        using var onStop = run.Signal.FireWith(delivery.Stop);
        using var onLost = run.Signal.FireWith(delivery.Lease.Lost);

        // On a thread of its own, so that a handler that blocks can be abandoned too.
        var handling = Task.Run(() => handlers.RunAsync(delivery.Runner, operation.Payload, run), CancellationToken.None);
        var abandoned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var onAbandon = delivery.Abandon.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), abandoned);
        var first = await Task.WhenAny(handling, run.Signal.Blocked, abandoned.Task).ConfigureAwait(false);
        if (first != handling && !handling.IsCompleted)
        {
            return Abandoned(delivery, run, activity, isBlocked: first == run.Signal.Blocked);
        }

        await ((Task)handling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return handling.IsCompletedSuccessfully
            ? RunEnd.With(OperationOutcome.Succeeded(await handling.ConfigureAwait(false)))
            : EndOf(Thrown(handling), delivery, run, activity);
    }

    private static Exception Thrown(Task<JsonElement?> handling) =>
        handling.Exception?.InnerException ?? new OperationCanceledException("The handler was canceled.");

    private RunEnd Abandoned(Delivery delivery, OperationRun run, Activity? activity, bool isBlocked)
    {
        if (isBlocked)
        {
            Log.HandlerBlocked(logger, run.OperationId, run.Attempt);
        }
        else
        {
            Log.HandlerAbandoned(logger, run.OperationId, run.Attempt);
        }

        activity.CameTo(MessageOutcomes.Abandoned);
        activity.Fail(MessageOutcomes.Abandoned);
        return RunEnd.Without(delivery.Lease.Lost.IsCancellationRequested ? MessageDisposition.Leave : MessageDisposition.Release);
    }

    private RunEnd EndOf(Exception thrown, Delivery delivery, OperationRun run, Activity? activity)
    {
        if (thrown is OperationFailedException failed)
        {
            Log.OperationFailed(logger, run.OperationId, run.Attempt, failed.Problem.Type, failed.Problem.Title);
            activity.Fail(failed);
            return RunEnd.With(OperationOutcome.Failed(failed.Problem));
        }

        if (thrown is HandlerResultException invalid)
        {
            Log.ResultInvalid(logger, run.OperationId, invalid.Reason.Message);
            activity.Fail(invalid.Reason);
            return RunEnd.With(OperationOutcome.Failed(Problems.ResultInvalid));
        }

        if (thrown is OperationCanceledException && run.Signal.IsFired)
        {
            return EndAsTold(delivery, run, activity);
        }

        if (delivery.Message.ReceiveCount >= delivery.MaxAttempts)
        {
            Log.HandlerThrewAtLast(logger, run.OperationId, run.Attempt, thrown);
            activity.Fail(thrown);
            return RunEnd.With(OperationOutcome.Failed(Problems.HandlerFailed(run.Attempt)));
        }

        return RunEnd.Retried(thrown);
    }

    // It ended because its token fired. A delivery that is lost comes first: whatever else was wished is the new owner's to do.
    private RunEnd EndAsTold(Delivery delivery, OperationRun run, Activity? activity)
    {
        if (delivery.Lease.Lost.IsCancellationRequested)
        {
            Log.OperationLost(logger, run.OperationId, delivery.Message.Id);
            activity.CameTo(MessageOutcomes.Lost);
            activity.Fail(MessageOutcomes.Lost);
            return RunEnd.Without(MessageDisposition.Leave);
        }

        if (run.IsCancelRequested)
        {
            return RunEnd.With(OperationOutcome.Canceled);
        }

        Log.HandlerStopped(logger, run.OperationId, run.Attempt);
        activity.CameTo(MessageOutcomes.Stopped);
        return RunEnd.Without(MessageDisposition.Release);
    }
}

/// <summary>How a run ended.</summary>
/// <param name="Outcome">What the operation ends with; <see langword="null"/> if it does not end.</param>
/// <param name="Disposition">What becomes of the message if the operation does not end.</param>
/// <param name="Thrown">What the handler threw, if the operation is to be retried.</param>
internal readonly record struct RunEnd(OperationOutcome? Outcome, MessageDisposition Disposition, Exception? Thrown = null)
{
    public static RunEnd With(OperationOutcome outcome) => new(outcome, MessageDisposition.Delete);

    public static RunEnd Without(MessageDisposition disposition) => new(null, disposition);

    public static RunEnd Retried(Exception thrown) => new(null, MessageDisposition.Release, thrown);
}
