using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Keeps a message hidden from other workers while its handler runs: extends it at half of what is left of its time, looks after each
/// extension whether the operation is still its own, and tells when it is lost all the same.
/// </summary>
internal sealed class MessageLease : IAsyncDisposable
{
    // After an extension that failed: three more tries before the message's time is over.
    private const int PartsToRetry = 4;

    // A look that takes longer must not hold up the next extension.
    private const int PartsToLook = 4;

    // With less left, another try would come too late.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ended = new();

    private readonly HandlerSignal _lost;

    private readonly string _kind;

    private readonly ReceivedMessage _message;

    private readonly IOperationQueue _queue;

    private readonly Func<CancellationToken, Task<bool>> _look;

    private readonly TimeProvider _time;

    private readonly ILogger _logger;

    private readonly Task _extending;

    private long _visibleAgainAt;

    private MessageLease(
        string kind, ReceivedMessage message, IOperationQueue queue, Func<CancellationToken, Task<bool>> look, TimeProvider time, ILogger logger)
    {
        (_kind, _message, _queue, _look, _time, _logger) = (kind, message, queue, look, time, logger);
        _lost = new HandlerSignal(message.Id, time, logger);
        _visibleAgainAt = message.VisibleAgainAt;
        _extending = ExtendUntilEndedAsync();
    }

    /// <summary>Fires when the message is, or may be, another worker's.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Starts to extend a message that was just received.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="message">The message.</param>
    /// <param name="queue">Where it came from.</param>
    /// <param name="look">Looks at the operation; <see langword="false"/> when it is another's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of extensions that fail.</param>
    public static MessageLease Start(
        string kind, ReceivedMessage message, IOperationQueue queue, Func<CancellationToken, Task<bool>> look, TimeProvider time, ILogger logger) =>
        new(kind, message, queue, look, time, logger);

    public async ValueTask DisposeAsync()
    {
        End();
        await _extending.ConfigureAwait(false);
        _ended.Dispose();
    }

    private TimeSpan Left => _time.GetElapsedTime(_time.GetTimestamp(), _visibleAgainAt);

    private static TimeSpan AtLeastShortest(TimeSpan wait) => wait > _shortestWait ? wait : _shortestWait;

    private void End() => _ended.Cancel();

    private async Task ExtendUntilEndedAsync()
    {
        var wait = Left / 2;
        while (await WaitAsync(wait).ConfigureAwait(false))
        {
            var extended = await TryExtendAsync().ConfigureAwait(false);
            if (extended)
            {
                await LookAsync().ConfigureAwait(false);
            }

            if (_lost.IsFired)
            {
                return;
            }

            wait = extended ? Left / 2 : Left / PartsToRetry;
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
            if (await _queue.ExtendAsync(_kind, _message, _ended.Token).WaitAsync(AtLeastShortest(Left), _time, _ended.Token).ConfigureAwait(false) is { } visibleAgainAt)
            {
                _visibleAgainAt = visibleAgainAt;
                return true;
            }

            _lost.Fire();
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
                _lost.Fire();
            }
        }

        return false;
    }

    private async Task LookAsync()
    {
        try
        {
            if (!await _look(_ended.Token).WaitAsync(AtLeastShortest(Left / PartsToLook), _time, _ended.Token).ConfigureAwait(false))
            {
                _lost.Fire();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The handler has ended: nothing more to see.
        }
        catch (Exception failed)
        {
            // Whatever it was: the next look is after the next extension.
            Log.OperationNotLookedAt(_logger, _message.Id, _kind, failed);
        }
    }
}
