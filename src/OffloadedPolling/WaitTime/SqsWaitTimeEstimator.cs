using Microsoft.Extensions.Options;
using OffloadedPolling.Queue;

namespace OffloadedPolling.WaitTime;

/// <summary>Estimates from the configured prior and what SQS says of the queue's depth.</summary>
internal sealed class SqsWaitTimeEstimator(SqsQueueAttributes attributes, IOptionsMonitor<OperationOptions> options) : IWaitTimeEstimator
{
    // What an accept may be delayed by.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    public async ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancel)
    {
        var settings = options.Get(kind);
        if (settings is not { ExpectedMedian: { } median, ExpectedUpper: { } upper })
        {
            return null;
        }

        var depth = (await attributes.GetAsync(kind, _patience, cancel).ConfigureAwait(false))?.Depth;

        // With the queue's depth unknown, the work itself is still known to take its time.
        return depth is { } known
            ? QueueWait.Estimate(median, upper, known, Math.Max(settings.MaxConcurrency, known.InFlight))
            : new OperationEstimate { Median = median, Upper = upper };
    }
}
