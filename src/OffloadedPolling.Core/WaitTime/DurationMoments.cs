namespace OffloadedPolling.WaitTime;

/// <summary>What sums of durations are made of.</summary>
/// <param name="Mean">In seconds.</param>
/// <param name="Spread">The variance, over the square of the mean.</param>
internal readonly record struct DurationMoments(double Mean, double Spread)
{
    private const int Parts = 400;
    private static readonly double[] _shares = [.. Enumerable.Range(0, Parts).Select(part => (part + 0.5) / Parts)];

    /// <summary>As the estimate's quantiles tell them.</summary>
    public static DurationMoments From(OperationEstimate estimate) =>
        From(estimate.QuantilesAt(_shares).Select(duration => (duration.TotalSeconds, 1d / Parts)));

    /// <summary>Of durations in seconds and their weights, which sum up to 1.</summary>
    public static DurationMoments From(IEnumerable<(double Seconds, double Weight)> durations)
    {
        var (mean, square) = (0d, 0d);
        foreach (var (seconds, weight) in durations)
        {
            mean += seconds * weight;
            square += seconds * seconds * weight;
        }

        return new DurationMoments(mean, Math.Max((square / (mean * mean)) - 1, 0));
    }
}
