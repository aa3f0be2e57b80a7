using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.WaitTime;

/// <summary>
/// Estimates from measured durations or the configured prior, from what the queue says of its depth, and from how many handlers the workers
/// that were seen lately can run at once.
/// </summary>
internal sealed class QueueWaitTimeEstimator(
    IOperationQueue queue, WorkEstimates work, IOptionsMonitor<OperationOptions> options, TimeProvider time, OperationMetrics metrics) : IWaitTimeEstimator
{
    // Of the length of a queue: far less than is known of it.
    private const double Closeness = 0.03;

    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, Estimated> _byKind = new(StringComparer.Ordinal);

    public async ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancel)
    {
        // At the same time: an accept waits for 100 ms in all.
        var (asked, read) = (queue.GetDepthAsync(kind, cancel).AsTask(), work.GetAsync(kind, _patience, cancel).AsTask());
        await Task.WhenAll(asked, read).ConfigureAwait(false);
        var (depth, known) = (await asked.ConfigureAwait(false), await read.ConfigureAwait(false));

        if (depth is { } seen)
        {
            metrics.Depths.See(kind, seen);
        }

        // With the queue's depth unknown, the work itself is still known to take its time.
        return known.Estimate is not null && depth is { } there ? Estimate(kind, known, there, Slots(kind, known.Profile, there)) : known.Estimate;
    }

    private int Slots(string kind, DurationProfile? profile, QueueDepth depth) =>
        profile?.Slots(time.GetUtcNow()) is > 0 and var measured ? measured : Math.Max(options.Get(kind).MaxConcurrency, depth.InFlight);

    // Profiles stand for seconds, and in a burst of accepts each finds the queue a little longer.
    private OperationEstimate Estimate(string kind, WorkEstimate known, QueueDepth depth, int slots)
    {
        if (_byKind.TryGetValue(kind, out var last) && ReferenceEquals(last.Work, known) && last.Slots == slots && IsClose(last.Depth, depth))
        {
            return last.Estimate;
        }

        var newest = QueueWait.Estimate(known.Estimate!, known.Moments, depth, slots);
        _byKind[kind] = new Estimated(known, depth, slots, newest);
        return newest;
    }

    private static bool IsClose(QueueDepth last, QueueDepth now) =>
        last.InFlight == now.InFlight && Math.Abs((long)now.Waiting - last.Waiting) <= Closeness * last.Waiting;

    private sealed record Estimated(WorkEstimate Work, QueueDepth Depth, int Slots, OperationEstimate Estimate);
}
