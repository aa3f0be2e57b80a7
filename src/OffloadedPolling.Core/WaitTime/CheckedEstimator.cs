using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.WaitTime;

/// <summary>
/// Asks the estimator, which may be the host's own. An answer that cannot be used, comes late or is an exception counts as unknown, and is
/// logged once for each kind.
/// </summary>
internal sealed class CheckedEstimator(IWaitTimeEstimator estimator, TimeProvider time, ILogger<CheckedEstimator> logger)
{
    // Ten times as long as an estimator may take.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, bool> _failed = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, bool> _unusable = new(StringComparer.Ordinal);

    /// <summary>Returns an estimate that can be written, or <see langword="null"/> if none is known.</summary>
    public async Task<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken)
    {
        try
        {
            var estimating = estimator.EstimateAsync(kind, cancellationToken).AsTask();
            var estimate = await estimating.WaitAsync(_patience, time, cancellationToken).ConfigureAwait(false);
            return estimate is null || OperationEstimates.WhyUnusable(estimate) is not { } reason ? estimate : Unknown(kind, reason);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            if (_failed.TryAdd(kind, true))
            {
                Log.NotEstimated(logger, kind, failed);
            }

            return null;
        }
    }

    private OperationEstimate? Unknown(string kind, string reason)
    {
        if (_unusable.TryAdd(kind, true))
        {
            Log.EstimateUnusable(logger, kind, estimator.GetType().ToString(), reason);
        }

        return null;
    }
}
