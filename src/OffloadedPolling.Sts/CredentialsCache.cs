namespace OffloadedPolling.Sts;

/// <summary>
/// Caches credentials until shortly before they expire, with one fetch at a time for each key. All callers that wait for a fetch get its
/// failure, which is not cached. Above <paramref name="capacity"/>, the least recently used entry is removed.
/// </summary>
internal sealed class CredentialsCache(TimeProvider time, int capacity)
{
    // Credentials are not issued in the last five minutes of their life, or in the last fifth if that is shorter.
    private static readonly TimeSpan _longestMargin = TimeSpan.FromMinutes(5);
    private const double MarginOfLife = 0.2;

    // A caller that reports all credentials as rejected must not cause a fetch for each request.
    private static readonly TimeSpan _leastAge = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>Returns cached credentials, or fetches them.</summary>
    /// <param name="key">The cache key, which contains no secret.</param>
    /// <param name="duration">The lifetime of fetched credentials, unless they report a shorter one.</param>
    /// <param name="refusedAccessKeyId">The ID of a rejected access key, which is not returned again unless it is new.</param>
    /// <param name="fetch">The function that fetches them. Cancellation does not stop it, because other callers may wait for it.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    public async ValueTask<TemporaryCredentials> GetAsync(
        string key, TimeSpan duration, string? refusedAccessKeyId,
        Func<Task<TemporaryCredentials>> fetch, CancellationToken cancellationToken) =>
        (await Take(key, duration, refusedAccessKeyId, fetch).WaitAsync(cancellationToken).ConfigureAwait(false)).Credentials;

    private Task<Fetched> Take(string key, TimeSpan duration, string? refusedAccessKeyId, Func<Task<TemporaryCredentials>> fetch)
    {
        lock (_lock)
        {
            if (_entries.Remove(key, out var found))
            {
                _byUse.Remove(found);
            }

            // On another thread, because a fetch may run for long before its first await.
            var entry = found is { Value: var kept } && IsGood(kept) && !IsRefused(kept, refusedAccessKeyId)
                ? kept
                : new Entry(key, time.GetTimestamp(), Task.Run(() => FetchAsync(duration, fetch), CancellationToken.None));
            _entries.Add(key, _byUse.AddLast(entry));
            if (_entries.Count > capacity)
            {
                _entries.Remove(_byUse.First!.Value.Request);
                _byUse.RemoveFirst();
            }

            return entry.Fetch;
        }
    }

    private async Task<Fetched> FetchAsync(TimeSpan duration, Func<Task<TemporaryCredentials>> fetch)
    {
        var credentials = await fetch().ConfigureAwait(false);
        var left = credentials.ExpiresAt - time.GetUtcNow();
        // If new credentials seem to have expired, this machine's clock is wrong.
        var life = left > TimeSpan.Zero && left < duration ? left : duration;
        var margin = life * MarginOfLife;
        var goodFor = life - (margin < _longestMargin ? margin : _longestMargin);
        return new Fetched(credentials, goodFor, time.GetUtcNow() + goodFor);
    }

    // Both clocks count: timestamps do not advance while the machine is suspended, and the time of day can be set back.
    private bool IsGood(Entry entry) => entry.Fetch.IsCompletedSuccessfully
        ? time.GetElapsedTime(entry.BegunAt) < entry.Fetch.Result.GoodFor && time.GetUtcNow() < entry.Fetch.Result.GoodUntil
        : !entry.Fetch.IsCompleted;

    private bool IsRefused(Entry entry, string? accessKeyId) =>
        accessKeyId is not null && entry.Fetch.IsCompletedSuccessfully && entry.Fetch.Result.Credentials.AccessKeyId == accessKeyId
        && time.GetElapsedTime(entry.BegunAt) >= _leastAge;

    private sealed record Entry(string Request, long BegunAt, Task<Fetched> Fetch);

    private sealed record Fetched(TemporaryCredentials Credentials, TimeSpan GoodFor, DateTimeOffset GoodUntil);
}
