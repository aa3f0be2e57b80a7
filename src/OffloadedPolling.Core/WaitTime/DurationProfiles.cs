using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.WaitTime;

/// <summary>
/// What this process knows of each kind's profile. It asks the store when it is asked itself, at most once in thirty seconds, for what has
/// changed; between requests nothing runs.
/// </summary>
internal sealed class DurationProfiles(TimeProvider time, ILogger<DurationProfiles> logger, IDurationProfileStore? store = null)
{
    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, RefreshedValue<KnownProfile>> _byKind = new(StringComparer.Ordinal);

    /// <summary>
    /// The profile, after waiting for a newer one for at most <paramref name="patience"/> where what is known is too old;
    /// <see langword="null"/> if there is none, or none could be read yet.
    /// </summary>
    public async ValueTask<DurationProfile?> GetAsync(string kind, TimeSpan patience, CancellationToken cancel) =>
        store is null ? null : (await Of(kind, store).GetAsync(patience, cancel).ConfigureAwait(false))?.Profile;

    /// <summary>The profile that was last read or written, without asking for a newer one.</summary>
    public DurationProfile? Last(string kind) => _byKind.TryGetValue(kind, out var value) ? value.Last?.Profile : null;

    /// <summary>What this process has just read or written: it need not be asked for until it is old.</summary>
    public void Set(string kind, KnownProfile known)
    {
        if (store is not null)
        {
            Of(kind, store).Set(known);
        }
    }

    /// <summary>What a stored profile says. One that cannot be read counts as none, and is replaced by the next write.</summary>
    public KnownProfile Read(string kind, StoredDurationProfile? stored)
    {
        if (stored is null)
        {
            return KnownProfile.None;
        }

        try
        {
            return new KnownProfile(DurationProfileJson.Read(stored.Profile.Span), stored.Version);
        }
        catch (NotSupportedException newer)
        {
            Log.ProfileNewer(logger, kind, newer);
            return new KnownProfile(null, stored.Version, IsNewer: true);
        }
        catch (JsonException unreadable)
        {
            Log.ProfileUnreadable(logger, kind, unreadable);
            return new KnownProfile(null, stored.Version);
        }
    }

    private RefreshedValue<KnownProfile> Of(string kind, IDurationProfileStore from) =>
        _byKind.GetOrAdd(kind, static (kind, self) => self.This.Create(kind, self.From), (This: this, From: from));

    private RefreshedValue<KnownProfile> Create(string kind, IDurationProfileStore from)
    {
        RefreshedValue<KnownProfile>? value = null;
        value = new RefreshedValue<KnownProfile>(
            cancel => FetchAsync(kind, from, value!.Last, cancel), _maxAge, time, failed => Log.ProfileNotRead(logger, kind, failed));
        return value;
    }

    private async Task<KnownProfile> FetchAsync(string kind, IDurationProfileStore from, KnownProfile? known, CancellationToken cancel)
    {
        if (known?.Version is not { } version)
        {
            return Read(kind, await from.GetAsync(kind, cancel).ConfigureAwait(false));
        }

        return await from.GetIfChangedAsync(kind, version, cancel).ConfigureAwait(false) is { } changed ? Read(kind, changed) : known;
    }
}
