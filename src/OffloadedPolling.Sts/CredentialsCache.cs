namespace OffloadedPolling.Sts;

/// <summary>
/// Credentials that were fetched, until shortly before they expire: one fetch at a time for each key, whose failure is told to all who wait
/// for it and not kept. The least recently used go when there are too many.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">The most that are kept.</param>
internal sealed class CredentialsCache(TimeProvider time, int capacity)
{
    // So much is left at least to whoever gets them, of short ones a fifth.
    private static readonly TimeSpan _longestMargin = TimeSpan.FromMinutes(5);

    private const double MarginOfLife = 0.2;

    // A caller that calls everything refused must not make a fetch with each request.
    private static readonly TimeSpan _leastAge = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();

    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = [];

    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>The credentials that are kept, or those that are fetched.</summary>
    /// <param name="key">What they are for. It holds no secret.</param>
    /// <param name="duration">How long fetched ones live, unless they tell that it is less.</param>
    /// <param name="refusedAccessKeyId">
    /// The access key id of credentials that the service refused. They are not given again, unless they are new.
    /// </param>
    /// <param name="fetch">Fetches them. It continues when <paramref name="cancellationToken"/> is canceled: others may wait too.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
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

            // Off this thread: a fetch may do a good deal before it first awaits.
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
        // What has just been issued and seems expired says that this machine's clock is wrong.
        var life = left > TimeSpan.Zero && left < duration ? left : duration;
        var margin = life * MarginOfLife;
        var goodFor = life - (margin < _longestMargin ? margin : _longestMargin);
        return new Fetched(credentials, goodFor, time.GetUtcNow() + goodFor);
    }

    // By both clocks: the timestamp does not advance while the machine is suspended, and the other one may be set back.
    private bool IsGood(Entry entry) => entry.Fetch.IsCompletedSuccessfully
        ? time.GetElapsedTime(entry.BegunAt) < entry.Fetch.Result.GoodFor && time.GetUtcNow() < entry.Fetch.Result.GoodUntil
        : !entry.Fetch.IsCompleted;

    private bool IsRefused(Entry entry, string? accessKeyId) =>
        accessKeyId is not null && entry.Fetch.IsCompletedSuccessfully && entry.Fetch.Result.Credentials.AccessKeyId == accessKeyId
        && time.GetElapsedTime(entry.BegunAt) >= _leastAge;

    private sealed record Entry(string Request, long BegunAt, Task<Fetched> Fetch);

    private sealed record Fetched(TemporaryCredentials Credentials, TimeSpan GoodFor, DateTimeOffset GoodUntil);
}
