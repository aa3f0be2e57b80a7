using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Opens when the status store fails, so that no delivery is used for work that cannot start. While it is open, workers and dead-letter
/// readers receive nothing and keep their messages hidden. It probes the store with back-off, and closes when the store answers.
/// </summary>
/// <remarks>https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker</remarks>
internal sealed class StoreCircuitBreaker(IOperationStatusStore store, TimeProvider time, ILogger<StoreCircuitBreaker> logger) : IDisposable
{
    private static readonly TimeSpan _probeTimeout = TimeSpan.FromSeconds(5);

    // Three attempts of the SDK with this library's timeout of ten seconds.
    private static readonly TimeSpan _longestCall = TimeSpan.FromSeconds(30);

    // The longest delay is the longest time for which the end of an outage may go unnoticed.
    private readonly ProbedGate _gate = new(time, firstDelay: TimeSpan.FromSeconds(0.5), longestDelay: TimeSpan.FromSeconds(5));

    /// <summary>The problem of the store; <see langword="null"/> while it answers.</summary>
    public string? Problem => _gate.Problem;

    /// <summary>Probes the store once before the first receive.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await ProbeAsync(cancellationToken).ConfigureAwait(false) is { } failure)
        {
            OnFailure(failure);
        }
    }

    /// <summary>Opens the circuit. Only the first failure of an outage is logged.</summary>
    public void OnFailure(Exception failure)
    {
        if (_gate.TryClose(failure.Message, out var isNewOutage))
        {
            if (isNewOutage)
            {
                Log.StoreOutageBegan(logger, failure);
            }

            _ = _gate.OpenWhenAsync(async cancellationToken => await ProbeAsync(cancellationToken).ConfigureAwait(false) is null);
        }
    }

    /// <summary>Reports that the store handled a request: the next outage starts with short delays, and is logged.</summary>
    public void OnSuccess()
    {
        if (_gate.TryForget())
        {
            Log.StoreOutageEnded(logger);
        }
    }

    /// <summary>Returns immediately while the circuit is closed; otherwise, when it closes.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _gate.Opened.WaitAsync(cancellationToken);

    /// <summary>
    /// Makes requests to the store and cancels them if they take too long, regardless of the client's timeouts. Does not wait for requests
    /// that ignore the cancellation.
    /// </summary>
    /// <exception cref="OperationStoreException">The requests took too long.</exception>
    public async Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> requests, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_longestCall, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var answer = requests(either.Token);
        try
        {
            return await answer.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late)
        {
            answer.ObserveException();
            if (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw NotAnswered(_longestCall, late);
            }

            throw;
        }
    }

    public void Dispose() => _gate.Dispose();

    // Problems that a check returns instead of throwing are for the health check: the store can be used.
    private async Task<Exception?> ProbeAsync(CancellationToken cancellationToken)
    {
        var check = store.CheckAsync(cancellationToken);
        try
        {
            await check.WaitAsync(_probeTimeout, time, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception failed)
        {
            check.ObserveException();
            return failed switch
            {
                OperationCanceledException when cancellationToken.IsCancellationRequested => null,
                TimeoutException or OperationCanceledException => NotAnswered(_probeTimeout, failed),
                _ => failed,
            };
        }
    }

    private static OperationStoreException NotAnswered(TimeSpan limit, Exception cause) =>
        new($"The status store did not answer within {limit}. Check the network and the store.", cause);
}

/// <summary>Blocks callers from the time a problem is found until a probe, repeated with back-off, finds that it is solved.</summary>
internal sealed class ProbedGate(TimeProvider time, TimeSpan firstDelay, TimeSpan longestDelay) : IDisposable
{
    // Not disposed of, because a probe may still use its token. It has no timer, so nothing leaks.
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource? _closed;
    private int _probes;

    /// <summary>The problem; <see langword="null"/> while the gate is open.</summary>
    public string? Problem { get; private set; }

    /// <summary>Completes when the gate is open.</summary>
    public Task Opened => Volatile.Read(ref _closed)?.Task ?? Task.CompletedTask;

    /// <summary>Closes the gate if it is open. The problem counts as new if the last one was forgotten.</summary>
    public bool TryClose(string problem, out bool isNew)
    {
        lock (_lock)
        {
            isNew = _probes == 0;
            if (_closed is not null || _disposed.IsCancellationRequested)
            {
                return false;
            }

            _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Problem = problem;
            return true;
        }
    }

    /// <summary>Probes a gate that was just closed, and opens it when a probe succeeds.</summary>
    public async Task OpenWhenAsync(Func<CancellationToken, Task<bool>> probe)
    {
        var opened = Opened;
        do
        {
            await Backoff.DelayAsync(time, ++_probes, _disposed.Token, firstDelay, longestDelay)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (opened.IsCompleted || _disposed.IsCancellationRequested)
            {
                return;
            }
        }
        while (!await probe(_disposed.Token).ConfigureAwait(false));

        // The probe may have opened it, and another problem may have closed it again.
        if (!opened.IsCompleted)
        {
            TryOpen();
        }
    }

    public bool TryOpen()
    {
        TaskCompletionSource? closed;
        lock (_lock)
        {
            (closed, _closed, Problem) = (_closed, null, null);
        }

        closed?.SetResult();
        return closed is not null;
    }

    /// <summary>Forgets the last problem of an open gate, so that delays are short again after the next one.</summary>
    public bool TryForget()
    {
        lock (_lock)
        {
            var isForgotten = _closed is null && _probes > 0;
            _probes = isForgotten ? 0 : _probes;
            return isForgotten;
        }
    }

    public void Dispose() => _disposed.Cancel();
}
