namespace OffloadedPolling.Sts;

/// <summary>
/// Keeps credentials until shortly before they expire. There is one fetch at a time for each key; everyone who waits for it gets its
/// failure, which is not kept. If there are more than <paramref name="capacity"/>, the least recently used are dropped.
/// </summary>
internal sealed class CredentialsCache(TimeProvider time, int capacity)
{
    // Credentials are not given out in the last five minutes of their life, or in the last fifth if that is shorter.
    private static readonly TimeSpan _longestMargin = TimeSpan.FromMinutes(5);
    private const double MarginOfLife = 0.2;

    // A caller that reports all credentials as refused must not cause a fetch with each request.
    private static readonly TimeSpan _leastAge = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>Returns the credentials that are kept, or fetches them.</summary>
    /// <param name="key">What they are for. It holds no secret.</param>
    /// <param name="duration">How long fetched ones live, unless they report less.</param>
    /// <param name="refusedAccessKeyId">The id of a key that was refused. It is not returned again, unless it is new.</param>
    /// <param name="fetch">Fetches them. It continues when <paramref name="cancellationToken"/> is canceled: others may wait too.</param>
    /// <param name="cancellationToken">The token that ends the wait.</param>
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

            // On another thread: a fetch may do much before it first awaits.
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

    // By both clocks: timestamps do not advance while the machine is suspended, and the time of day can be set back.
    private bool IsGood(Entry entry) => entry.Fetch.IsCompletedSuccessfully
        ? time.GetElapsedTime(entry.BegunAt) < entry.Fetch.Result.GoodFor && time.GetUtcNow() < entry.Fetch.Result.GoodUntil
        : !entry.Fetch.IsCompleted;

    private bool IsRefused(Entry entry, string? accessKeyId) =>
        accessKeyId is not null && entry.Fetch.IsCompletedSuccessfully && entry.Fetch.Result.Credentials.AccessKeyId == accessKeyId
        && time.GetElapsedTime(entry.BegunAt) >= _leastAge;

    private sealed record Entry(string Request, long BegunAt, Task<Fetched> Fetch);

    private sealed record Fetched(TemporaryCredentials Credentials, TimeSpan GoodFor, DateTimeOffset GoodUntil);
}
