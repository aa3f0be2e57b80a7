using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.WaitTime;

/// <summary>
/// The durations of one kind's work, from its stored profile and its settings. An estimate checks the store for changes, at most every
/// thirty seconds. Nothing runs in the background.
/// </summary>
internal sealed class WorkDurations
{
    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(30);
    private readonly string _kind;
    private readonly IOptionsMonitor<OperationOptions> _options;
    private readonly ILogger _logger;
    private readonly IDurationProfileStore? _store;
    private readonly RefreshedValue<KnownProfile> _profile;
    private WorkEstimate? _estimate;

    public WorkDurations(
        string kind, IOptionsMonitor<OperationOptions> options, TimeProvider time, ILogger<WorkDurations> logger,
        IDurationProfileStore? store = null)
    {
        (_kind, _options, _logger, _store) = (kind, options, logger, store);
        _profile = new RefreshedValue<KnownProfile>(FetchAsync, _maxAge, time, failed => Log.ProfileNotRead(logger, kind, failed));
    }

    /// <summary>
    /// Estimates the work. If the profile is too old, waits for a newer one for at most <paramref name="patience"/>. Each profile has one
    /// estimate.
    /// </summary>
    public async ValueTask<WorkEstimate> EstimateAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var known = _store is null ? null : await _profile.GetAsync(patience, cancellationToken).ConfigureAwait(false);
        var prior = _options.Get(_kind) is { ExpectedMedian: { } median, ExpectedUpper: { } upper }
            ? new OperationEstimate { Median = median, Upper = upper }
            : null;
        if (_estimate is { } last && last.Profile == known?.Profile && last.Prior == prior)
        {
            return last;
        }

        var (estimate, moments) = ProfileEstimate.Combine(known?.Profile, prior);
        return _estimate = new WorkEstimate(estimate, moments, known?.Profile, prior);
    }

    /// <summary>Sets the profile that this process has just written, so that it is not read before it is old.</summary>
    public void Set(KnownProfile known) => _profile.Set(known);

    /// <summary>
    /// Reads a stored profile. One that cannot be read is ignored, and is replaced by the next write. A profile from a newer version is not
    /// replaced.
    /// </summary>
    public KnownProfile Read(StoredDurationProfile? stored)
    {
        if (stored is null)
        {
            return new KnownProfile(null, null);
        }

        try
        {
            return new KnownProfile(DurationProfileJson.Read(stored.Profile.Span), stored.Version);
        }
        catch (NotSupportedException newer)
        {
            Log.ProfileNewer(_logger, _kind, newer);
            return new KnownProfile(null, stored.Version, IsNewer: true);
        }
        catch (JsonException unreadable)
        {
            Log.ProfileUnreadable(_logger, _kind, unreadable);
            return new KnownProfile(null, stored.Version);
        }
    }

    private async Task<KnownProfile> FetchAsync(CancellationToken cancellationToken)
    {
        if (_profile.Last is not { Version: { } version } known)
        {
            return Read(await _store!.GetAsync(_kind, cancellationToken).ConfigureAwait(false));
        }

        var changed = await _store!.GetIfChangedAsync(_kind, version, cancellationToken).ConfigureAwait(false);
        return changed is null ? known : Read(changed);
    }
}

/// <summary>A kind's profile in the store.</summary>
/// <param name="Profile">The profile; <see langword="null"/> if there is none, or none that can be read.</param>
/// <param name="Version">Its version; <see langword="null"/> if there is none.</param>
/// <param name="IsNewer">Whether a newer version of this library wrote it, so that it must not be overwritten.</param>
internal sealed record KnownProfile(DurationProfile? Profile, string? Version, bool IsNewer = false);

/// <summary>The duration of a kind's work, without the wait in the queue.</summary>
/// <param name="Estimate">The durations; <see langword="null"/> if nothing was measured or configured.</param>
/// <param name="Moments">The moments of these durations.</param>
/// <param name="Profile">The measured profile; <see langword="null"/> if nothing was measured.</param>
/// <param name="Prior">The configured durations; <see langword="null"/> if nothing was configured.</param>
internal sealed record WorkEstimate(
    OperationEstimate? Estimate, DurationMoments Moments, DurationProfile? Profile, OperationEstimate? Prior);
