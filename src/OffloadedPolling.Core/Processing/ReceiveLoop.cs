using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// The loop of one kind: receives messages, runs a bounded number of handlers at once, deletes what has ended. It receives nothing while
/// the store fails. On a stop it receives no more, releases what has not begun, and lets handlers end for
/// <see cref="OffloadedPollingOptions.ShutdownTimeout"/>.
/// </summary>
internal sealed class ReceiveLoop : IDisposable
{
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(500);

    // What the end of an outage of the queue may go unnoticed for.
    private static readonly TimeSpan _longestRetry = TimeSpan.FromSeconds(5);

    // What canceled handlers, the last releases and the last deletes may take at a stop.
    private static readonly TimeSpan _patience = HandlerSignal.Patience;

    private readonly HandlerRunner _runner;

    private readonly IOperationQueue _queue;

    private readonly MessageProcessor _processor;

    private readonly WorkerServices _services;

    private readonly TimeProvider _time;

    private readonly ILogger _logger;

    private readonly string _kind;

    private readonly HandlerSlots _slots;

    private readonly OrphanDetector _orphans;

    private readonly MessageDeleter _deleter;

    private readonly CancellationTokenSource _stop = new();

    private readonly CancellationTokenSource _abandon = new();

    public ReceiveLoop(HandlerRunner runner, IOperationQueue queue, MessageProcessor processor, WorkerServices services)
    {
        (_runner, _queue, _processor, _services, _kind) = (runner, queue, processor, services, runner.Kind.Name);
        (_time, _logger) = (services.Time, services.Logger);
        _slots = new HandlerSlots(runner.Kind.Options.MaxConcurrency);
        _orphans = new OrphanDetector(_kind, services.Store, services.Options.Value.Retention, _time, _logger);
        _deleter = new MessageDeleter(_kind, queue, _time, _logger);
        services.Health.Add(() => _orphans.Problem);
    }

    public void Dispose()
    {
        _slots.Dispose();
        _orphans.Dispose();
        _stop.Dispose();
        _abandon.Dispose();
    }

    /// <summary>Receives until the host stops, and then until nothing is held any more.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        _runner.Kind.Metrics.WorkerStarted(_slots.Max);
        Log.WorkerStarted(_logger, _kind, _slots.Max);
        var deleting = _deleter.RunAsync();
        _runner.Kind.Recorder.Start(_slots.Max, () => _slots.Held > 0, stopping);

        await ReceiveUntilStoppedAsync(stopping).ConfigureAwait(false);

        Log.WorkerStopping(_logger, _kind, _slots.Held);
        await StopHandlersAsync().ConfigureAwait(false);
        _runner.Kind.Metrics.WorkerStopped();
        _deleter.Complete();
        await deleting.WaitAsync(_patience, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _runner.Kind.Recorder.FlushAsync().ConfigureAwait(false);
        Log.WorkerStopped(_logger, _kind);
    }

    private async Task ReceiveUntilStoppedAsync(CancellationToken stopping)
    {
        await _services.Circuit.CheckAsync(stopping).ConfigureAwait(false);
        for (var failures = 0; !stopping.IsCancellationRequested;)
        {
            try
            {
                await ReceiveAsync(stopping).ConfigureAwait(false);
                failures = 0;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                // Whatever it was: a worker that has stopped for it would do no work until somebody notices.
                Log.ReceiveFailed(_logger, _kind, failed);
                await Backoff.DelayAsync(_time, ++failures, stopping, _firstRetry, _longestRetry)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ReceiveAsync(CancellationToken stopping)
    {
        await _services.Circuit.WaitAsync(stopping).ConfigureAwait(false);
        var isTrial = await _orphans.WaitAsync(stopping).ConfigureAwait(false);
        var most = await _slots.WaitForRoomAsync(stopping).ConfigureAwait(false);
        var askedAt = _time.GetUtcNow();
        var messages = await _queue.ReceiveAsync(_kind, isTrial ? 1 : most, stopping).ConfigureAwait(false);
        ReceiveActivity.Record(_kind, _kind, _queue.MessagingSystem, messages, askedAt, _time.GetUtcNow());
        foreach (var message in messages)
        {
            // From here on it is hidden, whether its handler begins at once or has to wait.
            _slots.Hold();
            _ = HandleAsync(MessageLease.Start(_kind, message, _queue, _time, _logger), isTrial, stopping);
        }
    }

    private async Task HandleAsync(MessageLease lease, bool isTrial, CancellationToken stopping)
    {
        // Off the receiving loop's thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var message = lease.Message;
        try
        {
            DeliveryResult result;
            await using (lease.ConfigureAwait(false))
            {
                result = await ProcessAsync(lease, isTrial, stopping).ConfigureAwait(false);
            }

            await DisposeOfAsync(message, result).ConfigureAwait(false);
        }
        catch (Exception unexpected)
        {
            // One message must not stop the worker; it is redelivered.
            Log.MessageLeft(_logger, message.Id, _kind, unexpected);
        }
        finally
        {
            _slots.Drop();
        }
    }

    private async Task<DeliveryResult> ProcessAsync(MessageLease lease, bool isTrial, CancellationToken stopping)
    {
        if (!await WaitForTurnAsync(lease, isTrial, stopping).ConfigureAwait(false))
        {
            if (!lease.Lost.IsCancellationRequested)
            {
                return new DeliveryResult(MessageDisposition.Release);
            }

            Log.MessageHeldTooLong(_logger, lease.Message.Id, _kind);
            return new DeliveryResult(MessageDisposition.Leave);
        }

        var startedAt = _time.GetTimestamp();
        var result = default(DeliveryResult);
        try
        {
            result = await _processor.ProcessAsync(new Delivery(_runner, lease, stopping, _stop.Token, _abandon.Token)).ConfigureAwait(false);
        }
        finally
        {
            // Only runs tell how fast the handlers are.
            _slots.GiveBack(result.HasRun ? _time.GetElapsedTime(startedAt) : null);
        }

        return result;
    }

    /// <summary>
    /// Waits for the store and for a slot; <see langword="false"/> if the host stops, the delivery is lost or receiving is suspended first.
    /// </summary>
    private async Task<bool> WaitForTurnAsync(MessageLease lease, bool isTrial, CancellationToken stopping)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        try
        {
            await _services.Circuit.WaitAsync(given.Token).ConfigureAwait(false);
            if (!isTrial && _orphans.Problem is not null)
            {
                // For the workers that read the right documents.
                return false;
            }

            await _slots.TakeAsync(given.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task DisposeOfAsync(ReceivedMessage message, DeliveryResult result)
    {
        if (result.OperationId is { } id)
        {
            _orphans.OnFound(id);
        }
        else if (result.IsOrphan)
        {
            await _orphans.OnMissingAsync(message, _abandon.Token).ConfigureAwait(false);
        }

        switch (result.Disposition)
        {
            case MessageDisposition.Delete:
                _deleter.Add(message);
                break;
            case MessageDisposition.Release:
                using (var patience = new CancellationTokenSource(_patience, _time))
                {
                    await _queue.ReleaseAsync(_kind, [message], result.VisibleAfter, patience.Token).WaitAsync(patience.Token).ConfigureAwait(false);
                }

                break;
        }
    }

    private async Task StopHandlersAsync()
    {
        var ended = _slots.WhenAllEnded();
        await ended.WaitAsync(_services.Options.Value.ShutdownTimeout, _time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Handlers hear it on threads of their own, so this waits for none.
        Stop();
        await ended.WaitAsync(_patience, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Abandon();
        await ended.ConfigureAwait(false);
    }

    private void Stop() => _stop.Cancel();

    private void Abandon() => _abandon.Cancel();
}
