namespace OffloadedPolling.WaitTime;

/// <summary>Estimates the time until an operation at the end of a queue is done: the operations ahead end, then it runs.</summary>
/// <remarks>
/// The operation waits until k operations have ended on all slots. The mean of this wait is about k times the mean duration, divided by the
/// slots. Its variance is that of a sum of durations if k is large, and that of random ends if k is small. A gamma distribution has both.
/// The operation's own work is added value by value. D. R. Cox, Renewal Theory, 1962, chapters 4 and 6.
/// </remarks>
internal static class QueueWait
{
    private const int Parts = 40;
    private static readonly double[] _parts = [.. Enumerable.Range(0, Parts).Select(part => (part + 0.5) / Parts)];

    // The normal scores of the parts.
    private static readonly double[] _scores =
        [.. LogNormal.Estimate(TimeSpan.FromSeconds(1), sigma: 1).QuantilesAt(_parts).Select(each => Math.Log(each.TotalSeconds))];

    private static readonly TimeSpan _longest = TimeSpan.FromDays(14);

    /// <param name="work">The duration of the work.</param>
    /// <param name="moments">The moments of these durations.</param>
    /// <param name="depth">The operations that are ahead.</param>
    /// <param name="slots">The number of operations that run at once.</param>
    public static OperationEstimate Estimate(OperationEstimate work, DurationMoments moments, QueueDepth depth, int slots)
    {
        var ahead = (double)depth.Waiting + depth.InFlight - slots + 1;
        if (ahead <= 0)
        {
            return work;
        }

        var sums = new double[Parts * Parts];
        var durations = work.QuantilesAt(_parts);
        var waits = Waits(moments, ahead, slots);
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = durations[i / Parts].TotalSeconds + waits[i % Parts];
        }

        Array.Sort(sums);
        return new OperationEstimate
        {
            Median = At(0.5),
            Upper = At(0.9),
            Quantiles = work.Quantiles is null ? null : [.. OperationEstimate.QuantileLevels.Select(At)],
        };

        TimeSpan At(double share) => Seconds(sums[(int)(share * sums.Length)]);
    }

    private static double[] Waits(DurationMoments moments, double ahead, int slots)
    {
        var (mean, spread) = moments;

        // The variance of the sum, plus that of the slots' random progress: for equal durations, a sixth for each slot. The first ends also
        // come earlier, because half of a duration has already elapsed.
        var variance = (ahead * spread) + ((1 - spread) * Math.Min(ahead, slots / 6d));
        var wait = ahead - ((1 - spread) * Math.Min(0.5, ahead / (slots + 1)));
        var shape = wait * wait / Math.Max(variance, 1e-6 * wait * wait);
        return Array.ConvertAll(_scores, score => wait * mean / slots * Gamma(shape, score));
    }

    // The quantile of a gamma distribution of mean 1, by E. B. Wilson and M. M. Hilferty, 1931.
    private static double Gamma(double shape, double score) =>
        Math.Pow(Math.Max(1 - (1 / (9 * shape)) + (score / (3 * Math.Sqrt(shape))), 0), 3);

    // Rounded to milliseconds, as in documents.
    private static TimeSpan Seconds(double seconds) =>
        seconds < _longest.TotalSeconds ? TimeSpan.FromMilliseconds(Math.Round(1000 * seconds)) : _longest;
}
