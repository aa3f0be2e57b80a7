namespace OffloadedPolling.Processing;

/// <summary>The bound on handlers that run at once, and on messages held for them.</summary>
internal sealed class HandlerSlots(int maxConcurrency) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);

    private readonly ReceiveAhead _ahead = new(maxConcurrency);

    private readonly Lock _lock = new();

    private TaskCompletionSource _changed = New();

    private int _held;

    /// <summary>Messages received and not yet through.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Waits until there is room for messages, and says how many to receive.</summary>
    public async Task<int> WaitForRoomAsync(CancellationToken cancel)
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

            await changed.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Holds a message while <paramref name="run"/> is under way.</summary>
    public void Start(Func<Task> run)
    {
        lock (_lock)
        {
            _held++;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await run().ConfigureAwait(false);
            }
            finally
            {
                Change(() => _held--);
            }
        });
    }

    /// <summary>Waits for a slot; <see langword="false"/> if <paramref name="stop"/> comes first.</summary>
    public async Task<bool> TakeAsync(CancellationToken stop)
    {
        try
        {
            await _slots.WaitAsync(stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void GiveBack(TimeSpan duration)
    {
        _ahead.Record(duration);
        _slots.Release();
    }

    /// <summary>Ends when no message is held any more.</summary>
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

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
