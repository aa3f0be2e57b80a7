using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;

namespace OffloadedPolling.WaitTime;

/// <summary>
/// Calls the estimator of one kind, which may be the host's own. An unusable or late answer and an exception count as unknown, and are
/// logged once.
/// </summary>
internal sealed class CheckedEstimator(string kind, IWaitTimeEstimator estimator, TimeProvider time, ILogger<CheckedEstimator> logger)
{
    // Ten times the time that an estimator may take.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private bool _hasFailed;
    private bool _wasUnusable;

    /// <summary>Returns an estimate that can be written, or <see langword="null"/> if none is known.</summary>
    public async Task<OperationEstimate?> EstimateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var estimating = estimator.EstimateAsync(kind, cancellationToken).AsTask();
            estimating.ObserveException();
            var estimate = await estimating.WaitAsync(_patience, time, cancellationToken).ConfigureAwait(false);
            if (estimate is null || OperationEstimates.WhyUnusable(estimate) is not { } reason)
            {
                return estimate;
            }

            if (!Interlocked.Exchange(ref _wasUnusable, true))
            {
                Log.EstimateUnusable(logger, kind, estimator.GetType().ToString(), reason);
            }
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            if (!Interlocked.Exchange(ref _hasFailed, true))
            {
                Log.NotEstimated(logger, kind, failed);
            }
        }

        return null;
    }
}
