using System.Collections.Concurrent;
using System.Globalization;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

/// <summary>Profiles in memory, that notes what it is asked for and fails when it is told to.</summary>
internal sealed class ModelProfileStore : IDurationProfileStore
{
    private readonly Lock _lock = new();

    private readonly Dictionary<string, StoredDurationProfile> _profiles = [];

    private int _versions;

    /// <summary>Every request in order: <c>get</c>, <c>changed?</c>, <c>write</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Thrown by every request while it is set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Keeps every request waiting while it is set.</summary>
    public TaskCompletionSource? Hang { get; set; }

    /// <summary>Runs before a write is decided on: another writer that comes first.</summary>
    public Action? BeforeWrite { get; set; }

    public int Writes => Requests.Count(request => request == "write");

    /// <summary>The kind's profile, past the port.</summary>
    public DurationProfile? Find(string kind)
    {
        lock (_lock)
        {
            return _profiles.TryGetValue(kind, out var stored) ? DurationProfileJson.Read(stored.Profile.Span) : null;
        }
    }

    /// <summary>Writes past the port.</summary>
    public void Put(string kind, byte[] profile)
    {
        lock (_lock)
        {
            _profiles[kind] = new StoredDurationProfile(profile, (++_versions).ToString(CultureInfo.InvariantCulture));
        }
    }

    public async Task<StoredDurationProfile?> GetAsync(string kind, CancellationToken cancellationToken)
    {
        await AskedAsync("get");
        lock (_lock)
        {
            return _profiles.GetValueOrDefault(kind);
        }
    }

    public async Task<StoredDurationProfile?> GetIfChangedAsync(string kind, string version, CancellationToken cancellationToken)
    {
        await AskedAsync("changed?");
        lock (_lock)
        {
            return _profiles.TryGetValue(kind, out var found) && found.Version != version ? found : null;
        }
    }

    public async Task<StoredDurationProfile?> WriteAsync(
        string kind, ReadOnlyMemory<byte> profile, string? version, CancellationToken cancellationToken)
    {
        await AskedAsync("write");
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

    private Task AskedAsync(string request)
    {
        Requests.Enqueue(request);
        return Failure is null ? Hang?.Task ?? Task.CompletedTask : Task.FromException(Failure);
    }
}
