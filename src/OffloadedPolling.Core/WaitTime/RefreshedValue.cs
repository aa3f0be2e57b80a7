namespace OffloadedPolling.WaitTime;

/// <summary>
/// A value that is fetched anew when it is asked for and too old: by one fetch at a time, at most one per <paramref name="maxAge"/> whether
/// it succeeds or not, with the old value standing in for a fetch that fails or takes too long.
/// </summary>
/// <param name="fetch">Fetches the value. Its exceptions go to <paramref name="onFailure"/>.</param>
/// <param name="maxAge">From when on a value is too old.</param>
/// <param name="time">The clock that ages are measured by.</param>
/// <param name="onFailure">Is told of every fetch that fails.</param>
internal sealed class RefreshedValue<T>(
    Func<CancellationToken, Task<T>> fetch, TimeSpan maxAge, TimeProvider time, Action<Exception> onFailure)
    where T : class
{
    private static readonly TimeSpan _fetchTimeout = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private T? _value;
    private long? _startedAt;
    private int _sets;
    private Task _fetching = Task.CompletedTask;

    /// <summary>The last value fetched, without asking for a newer one.</summary>
    public T? Last => Volatile.Read(ref _value);

    /// <summary>The value, after waiting for a newer one for at most <paramref name="patience"/> where it is too old.</summary>
    public async ValueTask<T?> GetAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var fetching = FetchIfDue();
        if (!fetching.IsCompleted)
        {
            // Neither the fetch's end nor the patience's end is an error here: the old value stands in.
            await fetching.WaitAsync(patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Last;
    }

    /// <summary>Takes a value that became known otherwise. What is being fetched meanwhile is older, and is dropped.</summary>
    public void Set(T value)
    {
        lock (_lock)
        {
            _sets++;
            _startedAt = time.GetTimestamp();
            Volatile.Write(ref _value, value);
        }
    }

    /// <summary>
    /// Begins to fetch a newer value, unless a fetch is under way or the value is young enough. Nobody has to wait for it.
    /// </summary>
    public Task FetchIfDue()
    {
        lock (_lock)
        {
            if (_fetching.IsCompleted && (_startedAt is not { } started || time.GetElapsedTime(started) >= maxAge))
            {
                _startedAt = time.GetTimestamp();
                // Off this thread: a fetch may do a good deal before it first awaits.
                var sets = _sets;
                _fetching = Task.Run(() => FetchAsync(sets), CancellationToken.None);
            }

            return _fetching;
        }
    }

    private async Task FetchAsync(int setsBefore)
    {
        using var timeout = new CancellationTokenSource(_fetchTimeout, time);
        try
        {
            var fetched = await fetch(timeout.Token).ConfigureAwait(false);
            lock (_lock)
            {
                if (_sets == setsBefore)
                {
                    Volatile.Write(ref _value, fetched);
                }
            }
        }
        catch (Exception failed)
        {
            onFailure(failed);
        }
    }
}
