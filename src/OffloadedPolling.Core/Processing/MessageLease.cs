using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Keeps one delivery of a message hidden from other workers, from its receipt until it is disposed of: extends the visibility timeout when
/// half of it has passed, polls the operation after each extension once it runs, and reports when the delivery may be another worker's.
/// </summary>
internal sealed class MessageLease(string kind, ReceivedMessage message, IOperationQueue queue, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    // One extension that hangs takes a third of what is left, so that several tries fit in.
    private const int PartsOfATry = 3;

    private const int PartsBeforeARetry = 8;

    // A poll of the operation that takes longer must not delay the next extension.
    private const int PartsOfAPoll = 4;

    // With less left, another try would come too late.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _shortestTry = TimeSpan.FromMilliseconds(250);

    // Neither is disposed before its callbacks are done: they only set flags and start timers.
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _lost = new();
    private volatile Func<CancellationToken, Task<bool>>? _poll;
    private Task _extending = Task.CompletedTask;
    private long _visibleAgainAt = Timestamps.After(time, message.HiddenFor);
    private bool _isLimitMet;

    private enum Extension
    {
        Extended,
        LimitMet,
        Failed,
        Lost,
    }

    public ReceivedMessage Message => message;

    public string MessagingSystem => queue.MessagingSystem;

    /// <summary>Canceled when the delivery is, or may be, another worker's.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>What becomes of the message if its work does not end here: released, unless the delivery is lost.</summary>
    public MessageDisposition UnfinishedDisposition =>
        _lost.IsCancellationRequested ? MessageDisposition.Leave : MessageDisposition.Release;

    private TimeSpan Left => time.GetElapsedTime(time.GetTimestamp(), _visibleAgainAt);

    /// <summary>Starts to extend a message that was just received.</summary>
    public static MessageLease Start(string kind, ReceivedMessage message, IOperationQueue queue, TimeProvider time, ILogger logger)
    {
        var lease = new MessageLease(kind, message, queue, time, logger);
        lease._extending = lease.ExtendUntilEndedAsync();
        return lease;
    }

    /// <summary>Polls the operation after each extension from now on.</summary>
    /// <param name="poll">Returns <see langword="false"/> when the operation is another delivery's.</param>
    public void PollAfterExtensions(Func<CancellationToken, Task<bool>> poll) => _poll = poll;

    public async ValueTask DisposeAsync()
    {
        End();
        await _extending.ConfigureAwait(false);
    }

    private async Task ExtendUntilEndedAsync()
    {
        var wait = Left / 2;
        while (await WaitAsync(wait).ConfigureAwait(false))
        {
            var extension = await ExtendAsync().ConfigureAwait(false);
            var isLost = extension switch
            {
                Extension.Lost => true,
                Extension.Failed => Left < _shortestWait,
                Extension.LimitMet => Left < _shortestWait || !await PollAsync().ConfigureAwait(false),
                _ => !await PollAsync().ConfigureAwait(false),
            };
            if (_ended.IsCancellationRequested)
            {
                return;
            }

            if (isLost)
            {
                Lose();
                return;
            }

            wait = extension == Extension.Failed ? Left / PartsBeforeARetry : Longer(Left / 2, _shortestWait / 2);
        }
    }

    /// <summary>Waits; <see langword="false"/> if the lease ends meanwhile.</summary>
    private async Task<bool> WaitAsync(TimeSpan wait)
    {
        await Task.Delay(Longer(wait, TimeSpan.Zero), time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_ended.IsCancellationRequested;
    }

    private async Task<Extension> ExtendAsync()
    {
        if (_isLimitMet)
        {
            return Extension.LimitMet;
        }

        // Counted from before the request, which may take its time.
        var askedAt = time.GetTimestamp();
        try
        {
            var extended = await BoundedAsync(
                cancellationToken => queue.ExtendAsync(kind, message, cancellationToken), ForATry()).ConfigureAwait(false);
            if (extended is not { } hiddenFor)
            {
                return Extension.Lost;
            }

            // The queue hides no message for longer than its limit from the receipt: then nothing is gained, and what there was stays.
            var visibleAgainAt = Timestamps.After(time, hiddenFor, askedAt);
            _isLimitMet = hiddenFor <= TimeSpan.Zero || visibleAgainAt <= _visibleAgainAt;
            if (_isLimitMet)
            {
                Log.VisibilityLimitMet(logger, message.Id, kind, Left);
                return Extension.LimitMet;
            }

            _visibleAgainAt = visibleAgainAt;
            return Extension.Extended;
        }
        catch (Exception failed)
        {
            // Whatever it was: as long as its time is not over, the message is still this worker's.
            if (!_ended.IsCancellationRequested)
            {
                Log.MessageNotExtended(logger, message.Id, kind, failed);
            }

            return Extension.Failed;
        }
    }

    private async Task<bool> PollAsync()
    {
        try
        {
            return _poll is not { } poll
                || await BoundedAsync(poll, Longer(Left / PartsOfAPoll, _shortestWait)).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            // Whatever it was: the next poll is after the next extension.
            if (!_ended.IsCancellationRequested)
            {
                Log.OperationNotPolled(logger, message.Id, kind, failed);
            }

            return true;
        }
    }

    private TimeSpan ForATry() => Longer(Left / PartsOfATry, Left < _shortestTry ? Longer(Left, _shortestWait) : _shortestTry);

    // Cancels the request, and does not wait for one that ignores that.
    private async Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> request, TimeSpan patience)
    {
        using var requestToken = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        var answer = request(requestToken.Token);
        try
        {
            return await answer.WaitAsync(patience, time, _ended.Token).ConfigureAwait(false);
        }
        finally
        {
            Cancel(requestToken);
        }
    }

    private void End() => Cancel(_ended);

    private void Lose() => Cancel(_lost);

    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
