using Microsoft.Extensions.Options;

namespace OffloadedPolling.WaitTime;

/// <summary>Estimates from the configured prior, and from what the queue says of its depth.</summary>
internal sealed class QueueWaitTimeEstimator(IOperationQueue queue, IOptionsMonitor<OperationOptions> options) : IWaitTimeEstimator
{
    public async ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancel)
    {
        var settings = options.Get(kind);
        if (settings is not { ExpectedMedian: { } median, ExpectedUpper: { } upper })
        {
            return null;
        }

        // With the queue's depth unknown, the work itself is still known to take its time.
        return await queue.GetDepthAsync(kind, cancel).ConfigureAwait(false) is { } depth
            ? QueueWait.Estimate(median, upper, depth, Math.Max(settings.MaxConcurrency, depth.InFlight))
            : new OperationEstimate { Median = median, Upper = upper };
    }
}
