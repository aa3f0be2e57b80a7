namespace OffloadedPolling.Processing;

/// <summary>The bound on handlers that run at once, and on messages held for them.</summary>
internal sealed class HandlerSlots(int maxConcurrency) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);

    private readonly ReceiveAhead _ahead = new(maxConcurrency);

    private readonly Lock _lock = new();

    private TaskCompletionSource _changed = New();

    private int _held;

    /// <summary>How many handlers may run at once.</summary>
    public int Max => maxConcurrency;

    /// <summary>Messages received and not yet disposed of.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Waits until there is room for messages, and returns how many to receive.</summary>
    public async Task<int> WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_ahead.MostToReceive(_held) is var most and > 0)
                {
                    return most;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Counts a message as held.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _held++;
        }
    }

    /// <summary>Counts a message as disposed of.</summary>
    public void Drop()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _held--;
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    /// <summary>Waits for a slot.</summary>
    public Task TakeAsync(CancellationToken cancellationToken) => _slots.WaitAsync(cancellationToken);

    /// <summary>Gives a slot back.</summary>
    /// <param name="duration">How long a run took; <see langword="null"/> if nothing was run.</param>
    public void GiveBack(TimeSpan? duration)
    {
        if (duration is { } measured)
        {
            lock (_lock)
            {
                _ahead.Record(measured);
            }
        }

        _slots.Release();
    }

    /// <summary>Completes when no message is held any more.</summary>
    public async Task WhenAllEnded()
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_held == 0)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.ConfigureAwait(false);
        }
    }

    public void Dispose() => _slots.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
