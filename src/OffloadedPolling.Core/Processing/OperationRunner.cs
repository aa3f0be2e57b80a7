using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>Second step: runs the handler of a claimed operation.</summary>
internal sealed class OperationRunner(
    IServiceScopeFactory scopes,
    StatusTransitions transitions,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    ILogger<MessageProcessor> logger)
{
    /// <summary>Starts a run. Dispose of it when the operation is completed.</summary>
    public OperationRun Start(Delivery delivery, ClaimedOperation operation)
    {
        var run = new OperationRun(operation, delivery, transitions, options.Value.MinProgressInterval, time, logger);
        run.StartPolling();
        delivery.Lease.PollAfterExtensions(run.PollOwnershipAsync);
        return run;
    }

    /// <summary>Runs the handler until it ends or is abandoned.</summary>
    public async Task<RunEnd> RunAsync(OperationRun run)
    {
        var delivery = run.Delivery;
        using var onStop = run.Signal.FireWith(delivery.CancelHandlers);
        using var onLost = run.Signal.FireWith(delivery.Lease.Lost);

        // On a thread of its own, so that a handler that blocks can be abandoned too.
        var handling = Task.Run(() => CallHandlerAsync(run), CancellationToken.None);
        var abandoned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var onAbandon = delivery.StopWaiting.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), abandoned);
        var first = await Task.WhenAny(handling, run.Signal.Blocked, abandoned.Task).ConfigureAwait(false);
        if (first != handling && !handling.IsCompleted)
        {
            return Abandoned(run, isBlocked: first == run.Signal.Blocked);
        }

        return await handling.ConfigureAwait(false) switch
        {
            { Thrown: { } thrown } => EndOf(run, thrown),
            { Result: { Invalid: { } invalid } } => Invalid(run, invalid),
            { Result: var result } => new RunEnd.Terminal(OperationOutcome.Succeeded(result.Json)),
        };
    }

    // In a scope and a span of its own, and counted while it runs.
    private async Task<HandlerEnd> CallHandlerAsync(OperationRun run)
    {
        using var activity = OperationActivities.Handle(run.Kind, run.OperationId);
        run.Delivery.Invoker.Kind.Metrics.HandlerBegan();
        var end = default(HandlerEnd);
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                end = new HandlerEnd(await run.Delivery.Invoker.InvokeAsync(scope.ServiceProvider, run).ConfigureAwait(false));
            }
        }
        catch (Exception thrown)
        {
            end = new HandlerEnd(default, thrown);
        }

        // A handler that ends because it was told to has not failed.
        if ((end.Thrown ?? end.Result.Invalid) is { } failure && !(failure is OperationCanceledException && run.Signal.IsFired))
        {
            activity.Fail(failure);
        }

        run.Delivery.Invoker.Kind.Metrics.HandlerEnded();
        return end;
    }

    private RunEnd.HandBack Abandoned(OperationRun run, bool isBlocked)
    {
        if (isBlocked)
        {
            Log.HandlerBlocked(logger, run.OperationId, run.Attempt);
        }
        else
        {
            Log.HandlerAbandoned(logger, run.OperationId, run.Attempt);
        }

        return new RunEnd.HandBack(
            new DeliveryResult(run.Delivery.Lease.UnfinishedDisposition, MessageOutcomes.Abandoned, MessageOutcomes.Abandoned));
    }

    private RunEnd.Terminal Invalid(OperationRun run, StatusDocumentNotSerializableException invalid)
    {
        Log.ResultInvalid(logger, run.OperationId, invalid.Message);
        return new RunEnd.Terminal(OperationOutcome.Failed(Problems.ResultInvalid), invalid.GetType().FullName);
    }

    private RunEnd EndOf(OperationRun run, Exception thrown)
    {
        if (thrown is OperationFailedException failed)
        {
            Log.OperationFailed(logger, run.OperationId, run.Attempt, failed.Problem.Type, failed.Problem.Title);
            return new RunEnd.Terminal(OperationOutcome.Failed(failed.Problem), failed.GetType().FullName);
        }

        if (thrown is OperationCanceledException && run.Signal.IsFired)
        {
            return EndAsTold(run);
        }

        if (run.Attempt < run.Delivery.MaxAttempts)
        {
            return new RunEnd.Retry(thrown);
        }

        Log.HandlerThrewAtLast(logger, run.OperationId, run.Attempt, thrown);
        return new RunEnd.Terminal(OperationOutcome.Failed(Problems.HandlerFailed(run.Attempt)), thrown.GetType().FullName);
    }

    // It ended because its token was canceled. If the delivery is lost, all else is for the new owner to do.
    private RunEnd EndAsTold(OperationRun run)
    {
        if (run.Delivery.Lease.Lost.IsCancellationRequested)
        {
            Log.OperationLost(logger, run.OperationId, run.Delivery.Message.Id);
            return new RunEnd.HandBack(new DeliveryResult(MessageDisposition.Leave, MessageOutcomes.Lost, MessageOutcomes.Lost));
        }

        if (run.IsCancelRequested)
        {
            return new RunEnd.Terminal(OperationOutcome.Canceled);
        }

        Log.HandlerStopped(logger, run.OperationId, run.Attempt);
        return new RunEnd.HandBack(new DeliveryResult(MessageDisposition.Release, MessageOutcomes.Stopped));
    }

    private readonly record struct HandlerEnd(HandlerResult Result, Exception? Thrown = null);
}

/// <summary>How a run ended.</summary>
internal abstract record RunEnd
{
    /// <summary>The operation ends.</summary>
    /// <param name="Outcome">How it ends.</param>
    /// <param name="ErrorType">The <c>error.type</c> of the message's span; <see langword="null"/> if nothing failed.</param>
    internal sealed record Terminal(OperationOutcome Outcome, string? ErrorType = null) : RunEnd;

    /// <summary>The handler threw, and attempts are left.</summary>
    internal sealed record Retry(Exception Thrown) : RunEnd;

    /// <summary>The run was interrupted: the operation goes on with the next delivery.</summary>
    internal sealed record HandBack(DeliveryResult Result) : RunEnd;
}
