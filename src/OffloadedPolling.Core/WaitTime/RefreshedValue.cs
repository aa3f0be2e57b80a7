namespace OffloadedPolling.WaitTime;

/// <summary>
/// A value that is fetched when it is needed and older than <paramref name="maxAge"/>. Only one fetch runs at a time, and at most one per
/// <paramref name="maxAge"/>, even if it fails. If a fetch fails or takes too long, the old value is used.
/// </summary>
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

    /// <summary>Gets the last value, whatever its age.</summary>
    public T? Last => Volatile.Read(ref _value);

    /// <summary>Returns the value. If it is too old, waits for a newer one for at most <paramref name="patience"/>.</summary>
    public async ValueTask<T?> GetAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var fetching = FetchIfDue();
        if (!fetching.IsCompleted)
        {
            // A failed or slow fetch is not an error: the old value is used.
            await fetching.WaitAsync(patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Last;
    }

    /// <summary>Sets a value that became known in another way. A running fetch is older, and its result is dropped.</summary>
    public void Set(T value)
    {
        lock (_lock)
        {
            _sets++;
            _startedAt = time.GetTimestamp();
            Volatile.Write(ref _value, value);
        }
    }

    /// <summary>Starts to fetch a newer value, unless a fetch is running or the value is recent enough.</summary>
    public Task FetchIfDue()
    {
        lock (_lock)
        {
            if (_fetching.IsCompleted && (_startedAt is not { } started || time.GetElapsedTime(started) >= maxAge))
            {
                _startedAt = time.GetTimestamp();
                // On another thread, because a fetch may do much before its first await.
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
