using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// The loop of one kind: receives messages, runs a bounded number of handlers at once, deletes what has ended. It receives nothing while
/// the store fails. On a stop it receives no more, releases what has not begun, and lets handlers end for
/// <see cref="OffloadedPollingOptions.ShutdownTimeout"/>.
/// </summary>
internal sealed class ReceiveLoop(HandlerInvoker invoker, IOperationQueue queue, MessageProcessor processor, WorkerServices services)
    : IDisposable
{
    // What canceled handlers, the last releases and the last deletes may take at a stop.
    private static readonly TimeSpan _patience = HandlerSignal.Patience;

    private readonly TimeProvider _time = services.Time;
    private readonly ILogger _logger = services.Logger;
    private readonly StoreCircuitBreaker _circuit = services.Health.Circuit;
    private readonly string _kind = invoker.Kind.Name;
    private readonly HandlerSlots _slots = new(invoker.Kind.Options.MaxConcurrency, services.Time);
    private readonly OrphanDetector _orphans = services.Health.DetectorOf(invoker.Kind.Name);
    private readonly MessageDeleter _deleter = new(invoker.Kind.Name, queue, services.Time, services.Logger);
    private readonly CancellationTokenSource _cancelHandlers = new();
    private readonly CancellationTokenSource _stopWaiting = new();

    public void Dispose()
    {
        _slots.Dispose();
        _orphans.Dispose();
        _cancelHandlers.Dispose();
        _stopWaiting.Dispose();
    }

    /// <summary>Receives until the host stops, and then waits until no message is held any more.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        invoker.Kind.Metrics.WorkerStarted(_slots.Max);
        Log.WorkerStarted(_logger, _kind, _slots.Max);
        var deleting = _deleter.RunAsync();
        invoker.Kind.Recorder.Start(_slots.Max, () => _slots.Held > 0, stopping);

        await _circuit.CheckAsync(stopping).ConfigureAwait(false);
        await Backoff.RepeatAsync(
            _time, () => ReceiveAsync(stopping), failed => Log.ReceiveFailed(_logger, _kind, failed), stopping).ConfigureAwait(false);

        Log.WorkerStopping(_logger, _kind, _slots.Held);
        await StopHandlersAsync().ConfigureAwait(false);
        invoker.Kind.Metrics.WorkerStopped();
        _deleter.Complete();
        await deleting.WaitAsync(_patience, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await invoker.Kind.Recorder.FlushAsync().ConfigureAwait(false);
        Log.WorkerStopped(_logger, _kind);
    }

    private async Task ReceiveAsync(CancellationToken stopping)
    {
        await _circuit.WaitAsync(stopping).ConfigureAwait(false);
        var isTrial = await _orphans.WaitAsync(stopping).ConfigureAwait(false);
        var most = await _slots.WaitForRoomAsync(stopping).ConfigureAwait(false);
        var askedAt = _time.GetUtcNow();
        var messages = await queue.ReceiveAsync(_kind, isTrial ? 1 : most, stopping).ConfigureAwait(false);
        ReceiveActivity.Record(_kind, _kind, queue.MessagingSystem, messages, askedAt, _time.GetUtcNow());
        foreach (var message in messages)
        {
            // From here on it is hidden, whether its handler begins at once or has to wait.
            _slots.Hold();
            _ = ProcessMessageAsync(MessageLease.Start(_kind, message, queue, _time, _logger), isTrial, stopping);
        }
    }

    private async Task ProcessMessageAsync(MessageLease lease, bool isTrial, CancellationToken stopping)
    {
        // Off the receiving loop's thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            DeliveryResult result;
            await using (lease.ConfigureAwait(false))
            {
                using var slot = await TakeSlotAsync(lease, isTrial, stopping).ConfigureAwait(false);
                if (slot is not null)
                {
                    var delivery = new Delivery(invoker, lease, stopping, _cancelHandlers.Token, _stopWaiting.Token);
                    result = await processor.ProcessAsync(delivery).ConfigureAwait(false);
                    slot.HasRun = result.HasRun;
                }
                else
                {
                    result = NotBegun(lease);
                }
            }

            await SettleMessageAsync(lease.Message, result).ConfigureAwait(false);
        }
        catch (Exception unexpected)
        {
            // One message must not stop the worker; it is redelivered.
            Log.MessageLeft(_logger, lease.Message.Id, _kind, unexpected);
        }
        finally
        {
            _slots.Drop();
        }
    }

    private DeliveryResult NotBegun(MessageLease lease)
    {
        var result = new DeliveryResult(lease.UnfinishedDisposition);
        if (result.Disposition == MessageDisposition.Leave)
        {
            Log.MessageHeldTooLong(_logger, lease.Message.Id, _kind);
        }

        return result;
    }

    /// <summary>
    /// Waits for the store and for a slot; <see langword="null"/> if the host stops, the delivery is lost or receiving is suspended first.
    /// </summary>
    private async Task<HandlerSlots.HandlerSlot?> TakeSlotAsync(MessageLease lease, bool isTrial, CancellationToken stopping)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        try
        {
            await _circuit.WaitAsync(given.Token).ConfigureAwait(false);

            // While receiving is suspended, messages are for the workers that read the right documents.
            return isTrial || _orphans.Problem is null ? await _slots.TakeAsync(given.Token).ConfigureAwait(false) : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task SettleMessageAsync(ReceivedMessage message, DeliveryResult result)
    {
        if (result.OperationId is { } id)
        {
            _orphans.OnFound(id);
        }
        else if (result.IsOrphan)
        {
            await _orphans.OnMissingAsync(message, _stopWaiting.Token).ConfigureAwait(false);
        }

        if (result.Disposition == MessageDisposition.Delete)
        {
            _deleter.Add(message);
        }
        else if (result.Disposition == MessageDisposition.Release)
        {
            using var patience = new CancellationTokenSource(_patience, _time);
            await queue.ReleaseAsync(_kind, [message], result.VisibleAfter, patience.Token).WaitAsync(patience.Token).ConfigureAwait(false);
        }
    }

    private async Task StopHandlersAsync()
    {
        var ended = _slots.WhenAllEnded();
        await ended.WaitAsync(services.Options.Value.ShutdownTimeout, _time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Handlers are told on threads of their own, so this waits for none.
        CancelHandlers();
        await ended.WaitAsync(_patience, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        StopWaiting();
        await ended.ConfigureAwait(false);
    }

    private void CancelHandlers() => _cancelHandlers.Cancel();

    private void StopWaiting() => _stopWaiting.Cancel();
}
