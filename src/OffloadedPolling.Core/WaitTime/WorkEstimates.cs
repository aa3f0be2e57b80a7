using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.WaitTime;

/// <summary>What the work of each kind takes, by what was measured and what was configured; one estimate for each profile.</summary>
internal sealed class WorkEstimates(DurationProfiles profiles, IOptionsMonitor<OperationOptions> options)
{
    private readonly ConcurrentDictionary<string, WorkEstimate> _byKind = new(StringComparer.Ordinal);

    /// <summary>What is known, after waiting for a newer profile for at most <paramref name="patience"/> where the one at hand is too old.</summary>
    public async ValueTask<WorkEstimate> GetAsync(string kind, TimeSpan patience, CancellationToken cancel)
    {
        var profile = await profiles.GetAsync(kind, patience, cancel).ConfigureAwait(false);
        var prior = Prior(options.Get(kind));
        if (_byKind.TryGetValue(kind, out var known) && known.Profile == profile && known.Prior == prior)
        {
            return known;
        }

        var (estimate, moments) = ProfileEstimate.Of(profile, prior);
        return _byKind[kind] = new WorkEstimate(estimate, moments, profile, prior);
    }

    private static OperationEstimate? Prior(OperationOptions settings) => settings is { ExpectedMedian: { } median, ExpectedUpper: { } upper }
        ? new OperationEstimate { Median = median, Upper = upper }
        : null;
}
