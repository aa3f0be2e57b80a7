using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.Accepting;

/// <summary>
/// Settles failed accepts in the background. If the caller disconnects or the store's answer is lost, the document may exist or may be
/// created later. Without an idempotency key, the document is ended; with one, its message is sent.
/// </summary>
internal sealed class AcceptSettlements(
    IOperationStatusStore store, StatusTransitions transitions, TimeProvider time, ILogger<AcceptSettlements> logger)
    : IHostedService, IDisposable
{
    private const int MaxPending = 10_000;

    // The total size of the messages that pending settlements hold.
    private const long MaxPendingBytes = 64 * 1024 * 1024;

    // A store that has just recovered should not get all requests at once.
    private const int MaxAtOnce = 32;

    // The time for which a settlement is retried.
    private static readonly TimeSpan _bound = TimeSpan.FromMinutes(2);

    // The time for which a stopping host waits for pending settlements.
    private static readonly TimeSpan _stopBound = TimeSpan.FromSeconds(5);

    // The time for which a creation may continue after its accept has stopped waiting.
    private static readonly TimeSpan _creationLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _tryLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _firstWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Task, bool> _pending = new();
    private readonly SemaphoreSlim _slots = new(MaxAtOnce);

    // The first token ends the waits between attempts, the second ends the attempts.
    private readonly CancellationTokenSource _stopping = new();

    private readonly CancellationTokenSource _stopped = new();
    private long _pendingBytes;

    /// <summary>Completes when everything that is pending now is settled or abandoned.</summary>
    public Task WhenSettled => Task.WhenAll(_pending.Keys);

    /// <summary>Ends a document that may exist or may still be created.</summary>
    /// <returns>A task that completes when the document is ended, or the settlement is abandoned and logged.</returns>
    public Task EndAsync(DocumentCreation creation, OperationProblem problem) => Settle(new(creation, problem, null));

    /// <summary>Sends the message of a document with an idempotency key, if it exists or is created within two minutes.</summary>
    /// <returns>A task that completes when the message is sent, or the settlement is abandoned and logged.</returns>
    public Task SendAsync(DocumentCreation creation, OutgoingMessage message) => Settle(new(creation, null, message));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await WhenSettled.WaitAsync(_stopBound, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopped.CancelAsync().ConfigureAwait(false);

        // Leaves time to log what was not settled.
        await WhenSettled.WaitAsync(_lastWords, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The sources are not disposed of, because pending settlements still read their tokens.
    public void Dispose()
    {
        _stopping.Cancel();
        _stopped.Cancel();
    }

    private Task Settle(Settlement settlement)
    {
        var bytes = Interlocked.Add(ref _pendingBytes, settlement.Bytes);
        if (_pending.Count >= MaxPending || bytes > MaxPendingBytes)
        {
            Interlocked.Add(ref _pendingBytes, -settlement.Bytes);
            Log.TooManySettlements(logger, settlement.Id, _pending.Count);
            settlement.Creation.Result.ObserveException();
            return Task.CompletedTask;
        }

        var settling = SettleAsync(settlement);
        _pending.TryAdd(settling, true);
        _ = ForgetWhenSettledAsync(settling, settlement.Bytes);
        return settling;
    }

    private async Task ForgetWhenSettledAsync(Task settling, int bytes)
    {
        await settling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _pending.TryRemove(settling, out _);
        Interlocked.Add(ref _pendingBytes, -bytes);
    }

    private async Task SettleAsync(Settlement settlement)
    {
        var begun = time.GetTimestamp();
        // A stopping host waits only for creations whose message must be sent. The others are ended whether or not they have completed.
        var stop = settlement.Message is null ? _stopping.Token : _stopped.Token;
        var (known, isInDoubt) = await settlement.Creation.FinishAsync(_creationLimit, time, stop).ConfigureAwait(false);
        if (known is null && !isInDoubt)
        {
            return;
        }

        for (var tries = 1; ; tries++, known = null)
        {
            var (isSettled, failed) = await TryAsync(settlement, known, _bound - time.GetElapsedTime(begun)).ConfigureAwait(false);
            if (isSettled)
            {
                return;
            }

            if (_stopped.IsCancellationRequested || time.GetElapsedTime(begun) >= _bound)
            {
                GiveUp(settlement, failed);
                return;
            }

            await WaitAsync(tries).ConfigureAwait(false);
        }
    }

    private async Task<(bool IsSettled, Exception? Failed)> TryAsync(Settlement settlement, StoredOperation? known, TimeSpan left)
    {
        if (!await EnterAsync(left).ConfigureAwait(false))
        {
            return (false, new TimeoutException($"{_pending.Count} others waited for the store, so this one was not reached in time."));
        }

        try
        {
            using var late = new CancellationTokenSource(_tryLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopped.Token);
            either.Token.ThrowIfCancellationRequested();
            var trying = TryAsync(settlement, known, either.Token);
            trying.ObserveException();
            return (await trying.WaitAsync(either.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException late)
        {
            var why = _stopped.IsCancellationRequested
                ? "The host stopped before the store answered."
                : $"The store did not answer within {_tryLimit}.";
            return (false, new TimeoutException(why, late));
        }
        catch (Exception failed)
        {
            return (false, failed);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Ends the document or sends its message. Returns <see langword="false"/> if the document does not exist yet.</summary>
    private async Task<bool> TryAsync(Settlement settlement, StoredOperation? known, CancellationToken cancellationToken)
    {
        var found = known ?? await store.GetAsync(settlement.Id, cancellationToken).ConfigureAwait(false);
        if (settlement.Problem is { } problem)
        {
            // Only one of the two creations succeeds, so a late one cannot bring back an ended operation.
            var outcome = OperationOutcome.Failed(problem);
            Task ending = found is null
                ? transitions.CreateEndedAsync(settlement.Creation.Status, outcome, cancellationToken)
                : transitions.ApplyRequiredAsync(
                    found,
                    current => current.Status.State == OperationState.NotStarted ? StatusChange.End(current, outcome) : null,
                    cancellationToken);
            await ending.ConfigureAwait(false);
            return true;
        }

        // An earlier accept may have used the key with another payload.
        var request = settlement.Creation.Request;
        if (found is { Status.State: OperationState.NotStarted } && found.Metadata.PayloadFingerprint == request.PayloadFingerprint)
        {
            await request.Kind.Queue.SendAsync(settlement.Message!, found.Status, cancellationToken).ConfigureAwait(false);
        }

        return found is not null;
    }

    private async Task<bool> EnterAsync(TimeSpan left)
    {
        if (await _slots.WaitAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false))
        {
            return true;
        }

        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stopped.Token);
        var entering = _slots.WaitAsync(either.Token);
        await entering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return entering.IsCompletedSuccessfully;
    }

    // A host that stops has no time for the long waits.
    private async Task WaitAsync(int tries)
    {
        var isStopping = _stopping.IsCancellationRequested;
        await Backoff.DelayAsync(time, isStopping ? 1 : tries, isStopping ? _stopped.Token : _stopping.Token, _firstWait)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void GiveUp(Settlement settlement, Exception? failed)
    {
        switch (settlement.Message, failed)
        {
            case (null, _):
                Log.FailedAcceptNotEnded(logger, settlement.Id, failed!);
                break;
            case (_, null):
                Log.KeyedAcceptLeftNothing(logger, settlement.Id, _bound);
                break;
            default:
                Log.KeyedAcceptNotFinished(logger, settlement.Id, failed);
                break;
        }
    }

    // A settlement either ends the document with a problem or sends its message.
    private sealed record Settlement(DocumentCreation Creation, OperationProblem? Problem, OutgoingMessage? Message)
    {
        public string Id => Creation.Status.Id;

        public int Bytes { get; } = Message?.SizeInBytes ?? 0;
    }
}
