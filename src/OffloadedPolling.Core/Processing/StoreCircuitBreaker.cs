using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Opens when the status store fails, so that no delivery is spent on work that cannot begin: while it is open, workers and dead-letter
/// readers receive nothing and keep their messages hidden. It probes the store with back-off and closes when the store answers.
/// </summary>
/// <remarks>https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker</remarks>
internal sealed class StoreCircuitBreaker(IOperationStatusStore store, TimeProvider time, ILogger<StoreCircuitBreaker> logger) : IDisposable
{
    private static readonly TimeSpan _probeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _firstDelay = TimeSpan.FromMilliseconds(500);

    // How long the end of an outage may go unnoticed.
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(5);

    // Three attempts of the SDK with this library's timeout of ten seconds.
    private static readonly TimeSpan _longestCall = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource? _open;
    private int _probes;
    private bool _isReported;

    /// <summary>What is wrong with the store; <see langword="null"/> while it answers.</summary>
    public string? Problem { get; private set; }

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
        lock (_lock)
        {
            if (_open is not null || _disposed.IsCancellationRequested)
            {
                return;
            }

            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Problem = failure.Message;
            if (!_isReported)
            {
                _isReported = true;
                Log.StoreOutageBegan(logger, failure);
            }
        }

        _ = ProbeUntilClosedAsync();
    }

    /// <summary>Reports that the store did what it was asked: the next outage starts with short delays, and is logged.</summary>
    public void OnSuccess()
    {
        lock (_lock)
        {
            if (_open is null && _probes > 0)
            {
                (_probes, _isReported) = (0, false);
                Log.StoreOutageEnded(logger);
            }
        }
    }

    /// <summary>Returns at once while the circuit is closed, otherwise when it closes.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _open is null ? Task.CompletedTask : _open.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Makes requests to the store and cancels them when they take too long, whatever timeouts the client has.</summary>
    /// <exception cref="OperationStoreException">They took too long.</exception>
    public async Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> requests, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_longestCall, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await requests(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw NotAnswered(_longestCall, late);
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private async Task ProbeUntilClosedAsync()
    {
        Exception? failure;
        do
        {
            await Backoff.DelayAsync(time, ++_probes, _disposed.Token, _firstDelay, _longestDelay)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_disposed.IsCancellationRequested)
            {
                return;
            }

            failure = await ProbeAsync(_disposed.Token).ConfigureAwait(false);
        }
        while (failure is not null);

        TaskCompletionSource? open;
        lock (_lock)
        {
            (open, _open, Problem) = (_open, null, null);
        }

        open?.SetResult();
    }

    // What a check reports without failing is for the health check: the store can be used.
    private async Task<Exception?> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.CheckAsync(cancellationToken).WaitAsync(_probeTimeout, time, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception failed)
        {
            return failed switch
            {
                OffloadedPollingException => failed,
                OperationCanceledException when cancellationToken.IsCancellationRequested => null,
                _ => NotAnswered(_probeTimeout, failed),
            };
        }
    }

    private static OperationStoreException NotAnswered(TimeSpan limit, Exception cause) =>
        new($"The status store did not answer within {limit}. Check the network and the store.", cause);
}
