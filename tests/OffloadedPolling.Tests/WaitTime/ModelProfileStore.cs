using System.Collections.Concurrent;
using System.Globalization;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

/// <summary>An in-memory store that records its requests and fails on demand.</summary>
internal sealed class ModelProfileStore : IDurationProfileStore
{
    private readonly Lock _lock = new();

    private readonly Dictionary<string, StoredDurationProfile> _profiles = [];

    private int _versions;

    /// <summary>Gets every request in order: <c>get</c>, <c>changed?</c>, <c>write</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Gets or sets the exception that every request throws.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Gets or sets what every request waits for.</summary>
    public TaskCompletionSource? Hang { get; set; }

    /// <summary>Gets or sets what runs before each write, such as another writer.</summary>
    public Action? BeforeWrite { get; set; }

    public int Writes => Requests.Count(request => request == "write");

    /// <summary>Returns a kind's profile directly, without a request.</summary>
    public DurationProfile? Find(string kind)
    {
        lock (_lock)
        {
            return _profiles.TryGetValue(kind, out var stored) ? DurationProfileJson.Read(stored.Profile.Span) : null;
        }
    }

    /// <summary>Writes a kind's profile directly, without a request.</summary>
    public void Put(string kind, byte[] profile)
    {
        lock (_lock)
        {
            _profiles[kind] = new StoredDurationProfile(profile, (++_versions).ToString(CultureInfo.InvariantCulture));
        }
    }

    public async Task<StoredDurationProfile?> GetAsync(string kind, CancellationToken cancellationToken)
    {
        await RequestAsync("get");
        lock (_lock)
        {
            return _profiles.GetValueOrDefault(kind);
        }
    }

    public async Task<StoredDurationProfile?> GetIfChangedAsync(string kind, string version, CancellationToken cancellationToken)
    {
        await RequestAsync("changed?");
        lock (_lock)
        {
            return _profiles.TryGetValue(kind, out var found) && found.Version != version ? found : null;
        }
    }

    public async Task<StoredDurationProfile?> WriteAsync(
        string kind, ReadOnlyMemory<byte> profile, string? version, CancellationToken cancellationToken)
    {
        await RequestAsync("write");
        BeforeWrite?.Invoke();
        lock (_lock)
        {
            if (_profiles.GetValueOrDefault(kind)?.Version != version)
            {
                return null;
            }

            Put(kind, profile.ToArray());
            return _profiles[kind];
        }
    }

    private Task RequestAsync(string request)
    {
        Requests.Enqueue(request);
        return Failure is null ? Hang?.Task ?? Task.CompletedTask : Task.FromException(Failure);
    }
}
