using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>Second step: runs the handler of a claimed operation.</summary>
internal sealed class OperationRunner(
    IServiceScopeFactory scopes, StatusTransitions transitions, IOptions<OffloadedPollingOptions> options, TimeProvider time,
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

        // On another thread, so that a blocking handler can be abandoned too.
        var handling = Task.Run(() => CallHandlerAsync(run), CancellationToken.None);
        Task handledOrBlocked = Task.WhenAny(handling, run.Signal.Blocked);
        // Not on the thread that cancels StopWaiting, which must cancel the other deliveries.
        await handledOrBlocked.WaitAsync(delivery.StopWaiting)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        if (!handling.IsCompleted)
        {
            return Abandoned(run);
        }

        return await handling.ConfigureAwait(false) switch
        {
            { Thrown: { } thrown } => EndOf(run, thrown),
            { Invalid: { } invalid } => Invalid(run, invalid),
            var result => new RunEnd.Terminal(OperationOutcome.Succeeded(result.Json)),
        };
    }

    // In its own scope and span. It is counted while it runs.
    private async Task<HandlerResult> CallHandlerAsync(OperationRun run)
    {
        var invoker = run.Delivery.Invoker;
        using var activity = OperationActivities.Handle(run.Delivery.Kind, run.OperationId);
        invoker.Kind.Metrics.HandlerBegan();
        HandlerResult result;
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                result = await invoker.InvokeAsync(scope.ServiceProvider, run).ConfigureAwait(false);
            }
        }
        catch (Exception thrown)
        {
            result = new HandlerResult(Thrown: thrown);
        }

        // A handler that ends because its token was canceled did not fail.
        if ((result.Thrown ?? result.Invalid) is { } failure && !(failure is OperationCanceledException && run.Signal.IsFired))
        {
            activity.Fail(failure);
        }

        invoker.Kind.Metrics.HandlerEnded();
        return result;
    }

    private RunEnd.HandBack Abandoned(OperationRun run)
    {
        if (run.Signal.Blocked.IsCompleted)
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
            return EndOfCanceled(run);
        }

        if (run.Attempt < run.Delivery.MaxAttempts)
        {
            return new RunEnd.Retry(thrown);
        }

        Log.HandlerThrewAtLast(logger, run.OperationId, run.Attempt, thrown);
        return new RunEnd.Terminal(OperationOutcome.Failed(Problems.HandlerFailed(run.Attempt)), thrown.GetType().FullName);
    }

    // The handler ended because its token was canceled. If the delivery is lost, the new owner decides everything else.
    private RunEnd EndOfCanceled(OperationRun run)
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
}

/// <summary>
/// The token of one run's handler, which is canceled at most once. Callbacks that the handler registers on it run in the background. One
/// that blocks is reported, and delays neither the worker nor its stop.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Without a timer or wait handle, the source has nothing to dispose of, and its "
    + "callbacks may outlive the run.")]
internal sealed class HandlerSignal(string messageId, TimeProvider time, ILogger logger)
{
    // Disposing of a source waits for its running callback. So this source is not disposed of, and no other source is linked to it.
    private readonly CancellationTokenSource _source = new();

    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _isFired;

    /// <summary>The time that a handler has to end after its token is canceled. Callbacks that take longer count as blocked.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(2);

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the handler was asked to end. The token is canceled a moment later.</summary>
    public bool IsFired => Volatile.Read(ref _isFired) != 0;

    /// <summary>Completes when a callback has blocked for longer than <see cref="Patience"/>.</summary>
    public Task Blocked => _blocked.Task;

    public CancellationTokenRegistration FireWith(CancellationToken token) =>
        token.UnsafeRegister(static signal => ((HandlerSignal)signal!).Fire(), this);

    /// <summary>Cancels the token, if it is not canceled yet. Does not wait for callbacks.</summary>
    public void Fire()
    {
        if (Interlocked.Exchange(ref _isFired, 1) == 0)
        {
            _ = CancelAsync();
        }
    }

    private async Task CancelAsync()
    {
        // Callbacks run on the thread that cancels: a timer's thread, not the caller's.
        var onTimerThread = new TaskCompletionSource();
        using (CompleteAfter(TimeSpan.Zero, onTimerThread))
        {
            await onTimerThread.Task.ConfigureAwait(false);
        }

        using (CompleteAfter(Patience, _blocked))
        {
            Cancel();
        }
    }

    private ITimer CompleteAfter(TimeSpan delay, TaskCompletionSource source) => time.CreateTimer(
        static source => ((TaskCompletionSource)source!).TrySetResult(), source, delay, Timeout.InfiniteTimeSpan);

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException thrown)
        {
            Log.CancelCallbackThrew(logger, messageId, thrown);
        }
    }
}
