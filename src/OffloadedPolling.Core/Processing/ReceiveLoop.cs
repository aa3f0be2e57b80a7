using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// The receive loop of one kind. Receives messages, runs a limited number of handlers at once, and deletes the messages of ended
/// operations. While the store fails, it receives nothing. When the host stops, it stops receiving, releases messages whose work has not
/// started, and lets handlers run for <see cref="OffloadedPollingOptions.ShutdownTimeout"/>.
/// </summary>
internal sealed class ReceiveLoop(HandlerInvoker invoker, IOperationQueue queue, MessageProcessor processor, WorkerContext context)
    : IDisposable
{
    // The time that canceled handlers, the last releases and the last deletes have when the host stops.
    private static readonly TimeSpan _patience = HandlerSignal.Patience;

    private readonly TimeProvider _time = context.Time;
    private readonly ILogger _logger = context.Logger;
    private readonly string _kind = invoker.Kind.Name;
    private readonly HandlerSlots _slots = new(invoker.Kind.Options.MaxConcurrency, context.Time);
    private readonly OrphanDetector _orphans = context.CreateDetector(invoker.Kind.Name);
    private readonly MessageDeleter _deleter = new(invoker.Kind.Name, queue, context.Time, context.Logger);
    private readonly CancellationTokenSource _cancelHandlers = new();
    private readonly CancellationTokenSource _stopWaiting = new();

    public void Dispose()
    {
        _slots.Dispose();
        _orphans.Dispose();
        _cancelHandlers.Dispose();
        _stopWaiting.Dispose();
    }

    /// <summary>Receives until the host stops, and then waits until no message is held.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        invoker.Kind.Metrics.WorkerStarted(_slots.Max);
        Log.WorkerStarted(_logger, _kind, _slots.Max);
        var deleting = _deleter.RunAsync();
        invoker.Kind.Recorder.Start(_slots.Max, () => _slots.Held > 0, stopping);

        await context.Circuit.CheckAsync(stopping).ConfigureAwait(false);
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
        await context.Circuit.WaitAsync(stopping).ConfigureAwait(false);
        var isTrial = await _orphans.WaitAsync(stopping).ConfigureAwait(false);
        var most = await _slots.WaitForRoomAsync(stopping).ConfigureAwait(false);
        var askedAt = _time.GetUtcNow();
        var messages = await queue.ReceiveAsync(_kind, isTrial ? 1 : most, stopping).ConfigureAwait(false);
        ReceiveActivity.Record(_kind, _kind, queue.MessagingSystem, messages, askedAt, _time.GetUtcNow());
        foreach (var message in messages)
        {
            // From here on, the message is kept hidden, even if its handler has to wait.
            _slots.Hold();
            _ = ProcessMessageAsync(MessageLease.Start(_kind, message, queue, _time, _logger), isTrial, stopping);
        }
    }

    private async Task ProcessMessageAsync(MessageLease lease, bool isTrial, CancellationToken stopping)
    {
        // Runs on another thread than the receive loop.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            DeliveryResult result;
            await using (lease.ConfigureAwait(false))
            {
                result = await ProcessInSlotAsync(lease, isTrial, stopping).ConfigureAwait(false);
            }

            await SettleMessageAsync(lease.Message, result).ConfigureAwait(false);
        }
        catch (Exception unexpected)
        {
            // A failing message must not stop the worker. It is redelivered.
            Log.MessageLeft(_logger, lease.Message.Id, _kind, unexpected);
        }
        finally
        {
            _slots.Drop();
        }
    }

    private async Task<DeliveryResult> ProcessInSlotAsync(MessageLease lease, bool isTrial, CancellationToken stopping)
    {
        using var slot = await TakeSlotAsync(lease, isTrial, stopping).ConfigureAwait(false);
        if (slot is not null)
        {
            var delivery = new Delivery(invoker, lease, stopping, _cancelHandlers.Token, _stopWaiting.Token);
            var result = await processor.ProcessAsync(delivery).ConfigureAwait(false);
            slot.HasRun = result.HasRun;
            return result;
        }

        if (lease.Lost.IsCancellationRequested)
        {
            Log.MessageHeldTooLong(_logger, lease.Message.Id, _kind);
        }

        return new DeliveryResult(lease.UnfinishedDisposition);
    }

    /// <summary>Waits for store and slot; <see langword="null"/> if the host stops, the lease is lost or receiving is suspended.</summary>
    private async Task<HandlerSlots.HandlerSlot?> TakeSlotAsync(MessageLease lease, bool isTrial, CancellationToken stopping)
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        try
        {
            await context.Circuit.WaitAsync(stopped.Token).ConfigureAwait(false);

            // While receiving is suspended, messages are left for the workers that read the right documents.
            return isTrial || _orphans.Problem is null ? await _slots.TakeAsync(stopped.Token).ConfigureAwait(false) : null;
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
            _deleter.DeleteSoon(message);
        }
        else if (result.Disposition == MessageDisposition.Release)
        {
            await ReleaseAsync(message, result.VisibleAfter).ConfigureAwait(false);
        }
    }

    private async Task ReleaseAsync(ReceivedMessage message, TimeSpan visibleAfter)
    {
        using var patience = new CancellationTokenSource(_patience, _time);
        try
        {
            await queue.ReleaseAsync(_kind, [message], visibleAfter, patience.Token).WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception unreleased)
        {
            // Any exception type: the delivery was processed, and the message is redelivered later.
            Log.MessageNotReleased(_logger, message.Id, _kind, unreleased);
        }
    }

    private async Task StopHandlersAsync()
    {
        var ended = _slots.WhenAllEnded();
        await ended.WaitAsync(context.ShutdownTimeout, _time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Handlers run their callbacks on other threads, so this does not wait for them.
        await _cancelHandlers.CancelAsync().ConfigureAwait(false);
        await ended.WaitAsync(_patience, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopWaiting.CancelAsync().ConfigureAwait(false);
        await ended.ConfigureAwait(false);
    }
}

/// <summary>Deletes messages whose processing is complete, up to ten per request.</summary>
/// <remarks>A message that is not deleted does no harm: its operation has ended, so its next delivery is deleted without a run.</remarks>
internal sealed class MessageDeleter(string kind, IOperationQueue queue, TimeProvider time, ILogger logger)
{
    // The time that a message may wait for others that are deleted in the same request.
    private static readonly TimeSpan _linger = TimeSpan.FromMilliseconds(250);

    private readonly Channel<ReceivedMessage> _done = Channel.CreateUnbounded<ReceivedMessage>(new() { SingleReader = true });

    public void DeleteSoon(ReceivedMessage message) => _done.Writer.TryWrite(message);

    public void Complete() => _done.Writer.Complete();

    public async Task RunAsync()
    {
        while (await _done.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await DeleteAsync(await GatherAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task<List<ReceivedMessage>> GatherAsync()
    {
        var batch = new List<ReceivedMessage>(ReceiveAhead.MaxBatch);
        using var linger = new CancellationTokenSource(_linger, time);
        try
        {
            while (batch.Count < ReceiveAhead.MaxBatch)
            {
                batch.Add(_done.Reader.TryRead(out var next) ? next : await _done.Reader.ReadAsync(linger.Token).ConfigureAwait(false));
            }
        }
        catch (Exception noMore) when (noMore is OperationCanceledException or ChannelClosedException)
        {
            // No other message came in time.
        }

        return batch;
    }

    private async Task DeleteAsync(List<ReceivedMessage> batch)
    {
        try
        {
            await queue.DeleteAsync(kind, batch, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception undeleted)
        {
            // Any exception type: the messages that follow must still be deleted.
            Log.MessagesNotDeleted(logger, batch.Count, kind, undeleted);
        }
    }
}
