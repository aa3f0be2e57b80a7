using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Processing.SqsEvents;

namespace OffloadedPolling.Processing;

/// <summary>
/// The hosted loop of one kind: receives messages, runs a bounded number of handlers at once, deletes what has ended. On a stop it receives
/// no more, gives back what has not begun, and lets handlers end for <see cref="OffloadedPollingOptions.ShutdownTimeout"/>.
/// </summary>
internal sealed class OperationWorker(
    HandlerRunner runner,
    IOperationQueue queue,
    MessageProcessor processor,
    IOptionsMonitor<OperationOptions> operationOptions,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    ILogger<OperationWorker> logger,
    DurationRecorder durations,
    OperationMetrics metrics,
    IHostApplicationLifetime? lifetime = null,
    MessagesByEvents? byEvents = null) : BackgroundService
{
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(500);

    // What a canceled handler may take to end, before its message is given back without it.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly string _kind = runner.Kind.Name;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => byEvents is null ? WorkAsync(stoppingToken) : Task.CompletedTask;

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        // With the host, not when its turn comes: a host stops its services one after another, within one time for all.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime?.ApplicationStopping ?? CancellationToken.None);
        // Each message has a trace of its own; that of the host's start, if it has one, is over.
        Activity.Current = null;
        var maxConcurrency = operationOptions.Get(_kind).MaxConcurrency;
        metrics.Handlers.Limit(_kind, maxConcurrency);
        Log.WorkerStarted(logger, _kind, maxConcurrency);
        using var stopHandlers = new CancellationTokenSource();
        using var abandonHandlers = new CancellationTokenSource();
        var deleter = new MessageDeleter(_kind, queue, time, logger);
        var deleting = deleter.RunAsync();
        using var handlers = new HandlerSlots(maxConcurrency);
        durations.Start(_kind, maxConcurrency, () => handlers.Held > 0, stopping.Token);

        await ReceiveUntilStoppedAsync(
            handlers,
            message => RunAsync(message, handlers, deleter, () => processor.ProcessAsync(runner, message, stopHandlers.Token, abandonHandlers.Token), stopping.Token),
            stopping.Token).ConfigureAwait(false);

        Log.WorkerStopping(logger, _kind, handlers.Held);
        await StopHandlersAsync(handlers.WhenAllEnded(), stopHandlers, abandonHandlers).ConfigureAwait(false);
        metrics.Handlers.Unlimit(_kind);
        deleter.Complete();
        await deleting.ConfigureAwait(false);
        await durations.FlushAsync(_kind).ConfigureAwait(false);
        Log.WorkerStopped(logger, _kind);
    }

    private async Task ReceiveUntilStoppedAsync(HandlerSlots handlers, Func<ReceivedMessage, Task> run, CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var most = await handlers.WaitForRoomAsync(stop).ConfigureAwait(false);
                var askedAt = time.GetUtcNow();
                var messages = await queue.ReceiveAsync(_kind, most, stop).ConfigureAwait(false);
                ReceiveActivity.Record(_kind, _kind, queue.MessagingSystem, messages, askedAt, time.GetUtcNow());
                foreach (var message in messages)
                {
                    handlers.Start(() => run(message));
                }

                failures = 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                // Whatever it was: a worker that has stopped for it would do no work until somebody looks.
                Log.ReceiveFailed(logger, _kind, failed);
                await Backoff.DelayAsync(time, ++failures, stop, _firstRetry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(
        ReceivedMessage message, HandlerSlots handlers, MessageDeleter deleter, Func<Task<MessageDisposition>> process, CancellationToken stopping)
    {
        try
        {
            var disposition = await handlers.TakeAsync(stopping).ConfigureAwait(false)
                ? await ProcessInSlotAsync(message, handlers, process).ConfigureAwait(false)
                : MessageDisposition.Release;
            switch (disposition)
            {
                case MessageDisposition.Delete:
                    deleter.Add(message);
                    break;
                case MessageDisposition.Release:
                    await queue.ReleaseAsync(_kind, [message], CancellationToken.None).ConfigureAwait(false);
                    break;
            }
        }
        catch (Exception unexpected)
        {
            // One message must not stop the worker; it is delivered again.
            Log.MessageLeft(logger, message.Id, _kind, unexpected);
        }
    }

    private async Task<MessageDisposition> ProcessInSlotAsync(ReceivedMessage message, HandlerSlots handlers, Func<Task<MessageDisposition>> process)
    {
        var startedAt = time.GetTimestamp();
        try
        {
            if (startedAt >= message.VisibleAgainAt)
            {
                Log.MessageHeldTooLong(logger, message.Id, _kind);
                return MessageDisposition.Leave;
            }

            return await process().ConfigureAwait(false);
        }
        finally
        {
            handlers.GiveBack(time.GetElapsedTime(startedAt));
        }
    }

    private async Task StopHandlersAsync(Task ended, CancellationTokenSource stopHandlers, CancellationTokenSource abandonHandlers)
    {
        await WaitAndCancelAsync(options.Value.ShutdownTimeout, stopHandlers).ConfigureAwait(false);
        await WaitAndCancelAsync(_patience, abandonHandlers).ConfigureAwait(false);
        await ended.ConfigureAwait(false);

        async Task WaitAndCancelAsync(TimeSpan patience, CancellationTokenSource next)
        {
            await ended.WaitAsync(patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ended.IsCompleted)
            {
                // Not waited for: what one handler does about it must not keep the others' messages.
                _ = CancelAsync(next);
            }
        }
    }

    private async Task CancelAsync(CancellationTokenSource handlers)
    {
        try
        {
            await handlers.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException thrown)
        {
            Log.StopCallbackThrew(logger, _kind, thrown);
        }
    }
}
