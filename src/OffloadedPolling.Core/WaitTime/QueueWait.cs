namespace OffloadedPolling.WaitTime;

/// <summary>
/// The time until an operation is done that joins the end of a queue: a number of others have to end first, then it runs itself.
/// </summary>
/// <remarks>
/// The wait is that of the k-th end of all slots' work: its mean is nearly k times the mean duration over the slots, its variance that of a
/// sum of durations where k is large, and that of ends at random where there are few of them. A gamma distribution has both. What the
/// operation takes itself comes on top, as it is known: the two are added value by value. D. R. Cox, Renewal Theory, 1962, chapters 4 and
/// 6.
/// </remarks>
internal static class QueueWait
{
    private const int Parts = 40;
    private static readonly double[] _parts = [.. Enumerable.Range(0, Parts).Select(part => (part + 0.5) / Parts)];

    // The normal scores of the parts.
    private static readonly double[] _scores =
        [.. LogNormal.Estimate(TimeSpan.FromSeconds(1), sigma: 1).QuantilesAt(_parts).Select(each => Math.Log(each.TotalSeconds))];

    private static readonly TimeSpan _longest = TimeSpan.FromDays(14);

    /// <summary>Estimates it.</summary>
    /// <param name="work">What the work itself takes.</param>
    /// <param name="moments">Of the same durations.</param>
    /// <param name="depth">Who is there already.</param>
    /// <param name="slots">How many operations run at once.</param>
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

        // The sum's part, and that of the slots' being anywhere in their work, which for equal durations comes to a sixth for each slot. It
        // makes the first ends come sooner, too: half of a duration is over already.
        var variance = (ahead * spread) + ((1 - spread) * Math.Min(ahead, slots / 6d));
        var wait = ahead - ((1 - spread) * Math.Min(0.5, ahead / (slots + 1)));
        var shape = wait * wait / Math.Max(variance, 1e-6 * wait * wait);
        return Array.ConvertAll(_scores, score => wait * mean / slots * Gamma(shape, score));
    }

    // The quantile of a gamma distribution of mean 1, by E. B. Wilson and M. M. Hilferty, 1931.
    private static double Gamma(double shape, double score) =>
        Math.Pow(Math.Max(1 - (1 / (9 * shape)) + (score / (3 * Math.Sqrt(shape))), 0), 3);

    // To the millisecond, as documents have it.
    private static TimeSpan Seconds(double seconds) =>
        seconds < _longest.TotalSeconds ? TimeSpan.FromMilliseconds(Math.Round(1000 * seconds)) : _longest;
}
