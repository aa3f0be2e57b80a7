using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Processing;

/// <summary>
/// One run of an operation that this worker holds: keeps the newest version of its document, and writes progress at most once for each
/// interval, the newest values winning.
/// </summary>
internal sealed class OperationRun(
    StoredOperation started,
    ReceivedMessage message,
    StatusTransitions transitions,
    OffloadedPollingOptions options,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();

    private readonly Lock _lock = new();

    private readonly long _startedAt = time.GetTimestamp();

    private readonly OperationEstimate? _estimate = started.Status.Estimate;

    private StoredOperation _current = started;

    private OperationProgress? _pending;

    private Task _writing = Task.CompletedTask;

    private long _lastWriteAt = time.GetTimestamp();

    public string OperationId => _current.Status.Id;

    public int Attempt => message.ReceiveCount;

    public string? ResourceLocation { get; set; }

    /// <summary>Takes progress; it is written when the interval since the last write is over.</summary>
    public Task ReportAsync(OperationProgress progress, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();

        // Refused here, where the handler can do something about it, not in the background.
        StatusDocument.Write(WithProgress(_current.Status, progress), options.MaxDocumentBytes);
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

    /// <summary>Ends the progress, awaits a write that is under way, and returns the newest version.</summary>
    public async Task<StoredOperation> EndAsync()
    {
        Task writing;
        lock (_lock)
        {
            _ended.Cancel();
            writing = _writing;
        }

        await writing.ConfigureAwait(false);
        return _current;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    private async Task WritePendingAsync()
    {
        while (true)
        {
            var wait = options.MinProgressInterval - time.GetElapsedTime(_lastWriteAt);
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

    // Progress that cannot be written is no reason to stop the work.
    private async Task WriteAsync(OperationProgress progress)
    {
        try
        {
            var written = await transitions.ApplyAsync(
                _current,
                current => Ownership.IsHeldBy(current, message) ? (WithProgress(current.Status, progress), current.Metadata) : null,
                CancellationToken.None).ConfigureAwait(false);
            if (written is null)
            {
                Log.OperationLost(logger, OperationId, message.Id);
            }

            _current = written ?? _current;
        }
        catch (OffloadedPollingException unwritten)
        {
            Log.ProgressNotWritten(logger, OperationId, unwritten);
        }
    }

    private OperationStatus WithProgress(OperationStatus status, OperationProgress progress) => status with
    {
        PercentComplete = progress.Percent,
        Message = progress.Message,
        ResourceLocation = ResourceLocation ?? status.ResourceLocation,
        Estimate = RemainingTime.Of(_estimate, time.GetElapsedTime(_startedAt)),
    };
}
