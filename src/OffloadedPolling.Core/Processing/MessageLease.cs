using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Keeps a message hidden from other workers from its receive until the lease is disposed of. Extends the visibility timeout each time half
/// of it has passed, and then polls a running operation. Cancels <see cref="Lost"/> when another worker may have the message.
/// </summary>
internal sealed class MessageLease(string kind, ReceivedMessage message, IOperationQueue queue, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    // An extension that hangs is abandoned after a third of the time that is left, so that there is time for more attempts.
    private const int PartsOfATry = 3;

    private const int PartsBeforeARetry = 8;

    // A poll that hangs must not delay the next extension.
    private const int PartsOfAPoll = 4;

    // With less time left, another attempt would come too late.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _shortestTry = TimeSpan.FromMilliseconds(250);

    // Not disposed of, because callbacks may still run. They only set flags and start timers, so nothing leaks.
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

    /// <summary>Canceled when another worker has or may have the message.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>What happens to the message if its work does not end here: it is released, unless the delivery is lost.</summary>
    public MessageDisposition UnfinishedDisposition =>
        _lost.IsCancellationRequested ? MessageDisposition.Leave : MessageDisposition.Release;

    private TimeSpan Left => time.GetElapsedTime(time.GetTimestamp(), _visibleAgainAt);

    public static MessageLease Start(string kind, ReceivedMessage message, IOperationQueue queue, TimeProvider time, ILogger logger)
    {
        var lease = new MessageLease(kind, message, queue, time, logger);
        lease._extending = lease.ExtendUntilEndedAsync();
        return lease;
    }

    /// <summary>Calls <paramref name="poll"/> after each extension. It returns whether this delivery still owns the operation.</summary>
    public void PollAfterExtensions(Func<CancellationToken, Task<bool>> poll) => _poll = poll;

    public async ValueTask DisposeAsync()
    {
        Cancel(_ended);
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
                Extension.Failed or Extension.LimitMet when Left < _shortestWait => true,
                Extension.Failed => false,
                _ => !await PollAsync().ConfigureAwait(false),
            };
            if (isLost && !_ended.IsCancellationRequested)
            {
                Cancel(_lost);
                return;
            }

            wait = extension == Extension.Failed ? Left / PartsBeforeARetry : Longer(Left / 2, _shortestWait / 2);
        }
    }

    /// <summary>Waits. Returns <see langword="false"/> if the lease ends in the meantime.</summary>
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

        // Counted from before the request, which may take some time.
        var askedAt = time.GetTimestamp();
        var patience = Longer(Left / PartsOfATry, Left < _shortestTry ? Longer(Left, _shortestWait) : _shortestTry);
        try
        {
            var extended = await BoundedAsync(
                cancellationToken => queue.ExtendAsync(kind, message, cancellationToken), patience).ConfigureAwait(false);
            if (extended is not { } hiddenFor)
            {
                return Extension.Lost;
            }

            // At the queue's limit, an extension has no effect, and the message stays hidden for the time that was left before.
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
            // Any exception type: until its time has elapsed, the message still belongs to this worker.
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
            return _poll is not { } poll || await BoundedAsync(poll, Longer(Left / PartsOfAPoll, _shortestWait)).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            // Any exception type: the next poll follows the next extension.
            if (!_ended.IsCancellationRequested)
            {
                Log.OperationNotPolled(logger, message.Id, kind, failed);
            }

            return true;
        }
    }

    // Cancels a request that takes too long, and does not wait for one that ignores that.
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
            answer.ObserveException();
        }
    }

    private static void Cancel(CancellationTokenSource source) => source.Cancel();
    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
