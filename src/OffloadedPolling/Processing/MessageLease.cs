using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Keeps a message hidden from other workers while its handler runs: extends it at half of what is left of its time, and tells when it is
/// lost all the same.
/// </summary>
internal sealed class MessageLease : IAsyncDisposable
{
    // After an extension that failed: three more tries before the message's time is over.
    private const int PartsToRetry = 4;

    // With less left, another try would come too late.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ended = new();

    private readonly CancellationTokenSource _lost = new();

    private readonly string _kind;

    private readonly ReceivedMessage _message;

    private readonly IOperationQueue _queue;

    private readonly TimeProvider _time;

    private readonly ILogger _logger;

    private readonly Task _extending;

    private long _visibleAgainAt;

    private MessageLease(string kind, ReceivedMessage message, IOperationQueue queue, TimeProvider time, ILogger logger)
    {
        (_kind, _message, _queue, _time, _logger) = (kind, message, queue, time, logger);
        _visibleAgainAt = message.VisibleAgainAt;
        _extending = ExtendUntilEndedAsync();
    }

    /// <summary>Fires when the message is, or may be, another worker's.</summary>
    public CancellationToken Lost => _lost.Token;

    public static MessageLease Start(string kind, ReceivedMessage message, IOperationQueue queue, TimeProvider time, ILogger logger) =>
        new(kind, message, queue, time, logger);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _extending.ConfigureAwait(false);
        _ended.Dispose();
        _lost.Dispose();
    }

    private TimeSpan Left => _time.GetElapsedTime(_time.GetTimestamp(), _visibleAgainAt);

    private async Task ExtendUntilEndedAsync()
    {
        var wait = Left / 2;
        while (await WaitAsync(wait).ConfigureAwait(false))
        {
            wait = await TryExtendAsync().ConfigureAwait(false) ? Left / 2 : Left / PartsToRetry;
            if (_lost.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Waits; <see langword="false"/> if the handler ends meanwhile.</summary>
    private async Task<bool> WaitAsync(TimeSpan wait)
    {
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_ended.IsCancellationRequested;
    }

    private async Task<bool> TryExtendAsync()
    {
        try
        {
            if (await _queue.ExtendAsync(_kind, _message, _ended.Token).ConfigureAwait(false) is { } visibleAgainAt)
            {
                _visibleAgainAt = visibleAgainAt;
                return true;
            }

            await _lost.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The handler has ended: nothing more to keep.
        }
        catch (Exception failed)
        {
            // Whatever it was: as long as its time is not over, the message is still this worker's.
            Log.MessageNotExtended(_logger, _message.Id, _kind, failed);
            if (Left < _shortestWait)
            {
                await _lost.CancelAsync().ConfigureAwait(false);
            }
        }

        return false;
    }
}
