namespace OffloadedPolling.WaitTime;

/// <summary>The moments of a distribution of durations.</summary>
/// <param name="Mean">The mean, in seconds.</param>
/// <param name="Spread">The variance, divided by the square of the mean.</param>
internal readonly record struct DurationMoments(double Mean, double Spread)
{
    private static readonly double[] _shares = [.. Enumerable.Range(0, 400).Select(part => (part + 0.5) / 400)];

    public static DurationMoments From(OperationEstimate estimate) =>
        From(estimate.QuantilesAt(_shares).Select(duration => (duration.TotalSeconds, 1d / _shares.Length)));

    /// <summary>Returns the moments of durations in seconds with weights that sum to 1.</summary>
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
