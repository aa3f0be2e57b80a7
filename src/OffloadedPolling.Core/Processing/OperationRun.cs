using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Processing;

/// <summary>
/// One run of an operation that this worker holds. Keeps the newest version of the document, writes the newest progress at most once per
/// interval, and notices a cancellation request.
/// </summary>
internal sealed class OperationRun(
    ClaimedOperation operation, Delivery delivery, StatusTransitions transitions, TimeSpan minProgressInterval, TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    // The longest time for which a store that hangs may delay the end.
    private static readonly TimeSpan _writePatience = TimeSpan.FromSeconds(1);

    // Not disposed of: a store that ignores their tokens may still use them. They have no timers, so nothing leaks.
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly ReceivedMessage _message = delivery.Message;
    private readonly Lock _lock = new();
    private readonly long _startedAt = time.GetTimestamp();
    private volatile StoredOperation _current = operation.Stored;
    private volatile bool _isCancelRequested;
    private OperationProgress? _pending;
    private Task _writing = Task.CompletedTask;
    private Task _polling = Task.CompletedTask;
    private long? _lastWriteAt;

    public Delivery Delivery => delivery;
    public ClaimedOperation Claimed => operation;

    /// <summary>The expected duration of the work, as estimated when the operation was claimed.</summary>
    public OperationEstimate? Estimate => operation.Stored.Status.Estimate;

    public string OperationId => _current.Status.Id;
    public int Attempt => _message.ReceiveCount;
    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);
    public HandlerSignal Signal { get; } = new(delivery.Message.Id, time, logger);
    public bool IsCancelRequested => _isCancelRequested;
    public string? ResourceLocation { get; set; }

    /// <summary>Accepts progress, which is written when the interval since the last write has elapsed.</summary>
    public Task ReportAsync(OperationProgress progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Checked here, where the handler can react, not in the background.
        transitions.ThrowIfRefused(WithProgress(_current.Status, progress, Estimate));
        lock (_lock)
        {
            _pending = progress;
            if (_writing.IsCompleted && !_ended.IsCancellationRequested)
            {
                _writing = WritePendingAsync();
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Polls the document. Returns <see langword="false"/> when the operation no longer belongs to this run.</summary>
    public async Task<bool> PollOwnershipAsync(CancellationToken cancellationToken)
    {
        if (!_isCancelRequested && await transitions.GetIfChangedAsync(_current, cancellationToken).ConfigureAwait(false) is { } changed)
        {
            SetCurrent(changed);
        }

        // Needed even if another poll has already seen the change.
        return Ownership.IsHeldBy(_current, _message);
    }

    /// <summary>Polls the document until the run ends, if the store has an interval for that, to notice a cancellation early.</summary>
    public void StartPolling()
    {
        if (transitions.WatchInterval is { } interval)
        {
            _polling = PollUntilEndedAsync(interval);
        }
    }

    /// <summary>
    /// Stops writing progress and returns the newest known version. Waits some time for a write in progress: if it came after the end, the
    /// end would need another read and another write.
    /// </summary>
    public async Task<StoredOperation> StopProgressAsync()
    {
        StopWriting();
        await _writing.WaitAsync(_writePatience, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _current;
    }

    public async ValueTask DisposeAsync()
    {
        StopWriting();
        await _disposed.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_writing, _polling).WaitAsync(_writePatience, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void StopWriting()
    {
        lock (_lock)
        {
            _ended.Cancel();
        }
    }

    private void SetCurrent(StoredOperation newer)
    {
        _current = newer;
        if (newer.Metadata.CancelRequested && Ownership.IsHeldBy(newer, _message))
        {
            _isCancelRequested = true;
            Signal.Fire();
        }
    }

    // After a failure, the polls after each extension of the message are enough.
    private async Task PollUntilEndedAsync(TimeSpan interval)
    {
        try
        {
            while (true)
            {
                await Task.Delay(interval, time, _ended.Token).ConfigureAwait(false);
                await PollOwnershipAsync(_ended.Token).ConfigureAwait(false);
            }
        }
        catch (Exception failed)
        {
            if (!_ended.IsCancellationRequested)
            {
                Log.OperationNotPolled(logger, _message.Id, delivery.Kind, failed);
            }
        }
    }

    private async Task WritePendingAsync()
    {
        while (true)
        {
            // The first progress is written immediately, so that short handlers show some too.
            var wait = _lastWriteAt is { } lastWriteAt ? minProgressInterval - time.GetElapsedTime(lastWriteAt) : TimeSpan.Zero;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            OperationProgress progress;
            lock (_lock)
            {
                if (_pending is null || _ended.IsCancellationRequested)
                {
                    _writing = Task.CompletedTask;
                    return;
                }

                (progress, _pending) = (_pending, null);
            }

            await WriteAsync(progress).ConfigureAwait(false);
            _lastWriteAt = time.GetTimestamp();
        }
    }

    // Progress that cannot be written does not stop the work.
    private async Task WriteAsync(OperationProgress progress)
    {
        try
        {
            var transition = await transitions.ApplyOptionalAsync(
                _current, current => Change(current, progress), _disposed.Token).ConfigureAwait(false);
            if (transition.IsWritten)
            {
                SetCurrent(transition.Current);
            }
            else if (!_ended.IsCancellationRequested)
            {
                Log.OperationLost(logger, OperationId, _message.Id);
                StopWriting();
            }
        }
        catch (Exception unwritten)
        {
            if (!_disposed.IsCancellationRequested)
            {
                Log.ProgressNotWritten(logger, OperationId, unwritten);
            }
        }
    }

    private StatusChange? Change(StoredOperation current, OperationProgress progress)
    {
        if (_ended.IsCancellationRequested || !Ownership.IsHeldBy(current, _message))
        {
            return null;
        }

        var shown = current.Metadata.CancelRequested ? progress with { Message = StatusTransitions.CancelingMessage } : progress;
        return new StatusChange(WithProgress(current.Status, shown, Estimate?.After(Elapsed)), current.Metadata);
    }

    private static OperationStatus WithProgress(OperationStatus status, OperationProgress progress, OperationEstimate? estimate) =>
        status with { PercentComplete = progress.Percent, Message = progress.Message, Estimate = estimate };
}
