using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.WaitTime;

/// <summary>
/// Estimates the operations of one kind from measured or expected durations, the queue's depth, and the handlers of recently seen workers.
/// </summary>
internal sealed class QueueWaitTime(
    string kind, WorkDurations work, KindMetrics metrics, IOperationQueue queue, IOptionsMonitor<OperationOptions> options,
    TimeProvider time)
{
    // The last estimate is reused if the depth differs by at most 3 %: queues report it less precisely than that.
    private const double Closeness = 0.03;

    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);
    private Estimated? _last;

    /// <summary>Returns the distribution of the time until an operation is done; <see langword="null"/> if it is unknown.</summary>
    public async ValueTask<OperationEstimate?> EstimateAsync(CancellationToken cancellationToken)
    {
        // In parallel, because an accept waits for 100 ms in all.
        var asked = queue.GetDepthAsync(kind, cancellationToken).AsTask();
        var read = work.EstimateAsync(_patience, cancellationToken).AsTask();
        await Task.WhenAll(asked, read).ConfigureAwait(false);
        var known = await read.ConfigureAwait(false);
        if (await asked.ConfigureAwait(false) is not { } depth)
        {
            // Without the wait in the queue.
            return known.Estimate;
        }

        metrics.SawDepth(depth);
        return known.Estimate is null ? null : Estimate(known, depth, Slots(known.Profile, depth));
    }

    private int Slots(DurationProfile? profile, QueueDepth depth) =>
        profile?.Slots(time.GetUtcNow()) is > 0 and var measured ? measured : Math.Max(options.Get(kind).MaxConcurrency, depth.InFlight);

    // The last estimate is reused: profiles change every few seconds, and in a burst each accept finds a slightly longer queue.
    private OperationEstimate Estimate(WorkEstimate known, QueueDepth depth, int slots)
    {
        if (_last is { } last && ReferenceEquals(last.Work, known) && last.Slots == slots && IsClose(last.Depth, depth))
        {
            return last.Estimate;
        }

        var newest = QueueWait.Estimate(known.Estimate!, known.Moments, depth, slots);
        _last = new Estimated(known, depth, slots, newest);
        return newest;
    }

    private static bool IsClose(QueueDepth last, QueueDepth now) =>
        last.InFlight == now.InFlight && Math.Abs((long)now.Waiting - last.Waiting) <= Closeness * last.Waiting;

    private sealed record Estimated(WorkEstimate Work, QueueDepth Depth, int Slots, OperationEstimate Estimate);
}
