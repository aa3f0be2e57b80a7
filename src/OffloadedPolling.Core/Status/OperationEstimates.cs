namespace OffloadedPolling.Status;

/// <summary>Checks that an estimate can be written to a status document.</summary>
internal static class OperationEstimates
{
    /// <summary>Gets the longest duration that readers accept, rounded to milliseconds as in documents.</summary>
    public static TimeSpan Longest { get; } = (TimeSpan.MaxValue / 2) - TimeSpan.FromMilliseconds(1);

    /// <summary>Returns the estimate of an operation that begins after a delay.</summary>
    public static OperationEstimate Delayed(this OperationEstimate estimate, TimeSpan delay) => new()
    {
        Median = estimate.Median + delay,
        Upper = estimate.Upper + delay,
        Quantiles = estimate.Quantiles is { } quantiles ? [.. quantiles.Select(quantile => quantile + delay)] : null,
    };

    /// <summary>Returns the reason why an estimate is unusable, or <see langword="null"/> if it is usable.</summary>
    public static string? WhyUnusable(OperationEstimate estimate)
    {
        var (median, upper) = (estimate.Median, estimate.Upper);
        return median <= TimeSpan.Zero ? $"Median is {median}; it must be more than 0"
            : upper < median ? $"Upper is {upper}; it must be at least Median ({median})"
            : upper > Longest ? $"Upper is {upper}; it must be at most {Longest}"
            : estimate.Quantiles is { } quantiles ? WhyUnusable([.. quantiles])
            : null;
    }

    private static string? WhyUnusable(TimeSpan[] quantiles)
    {
        var levels = OperationEstimate.QuantileLevels.Count;
        if (quantiles.Length != levels)
        {
            return $"Quantiles has {quantiles.Length} values; it must have {levels}, one for each of QuantileLevels";
        }

        var lower = Enumerable.Range(1, levels - 1).FirstOrDefault(index => quantiles[index] < quantiles[index - 1]);
        return lower > 0 ? $"Quantiles[{lower}] is {quantiles[lower]}; it must be at least Quantiles[{lower - 1}] ({quantiles[lower - 1]})"
            : quantiles[0] < TimeSpan.Zero ? $"Quantiles[0] is {quantiles[0]}; it must be at least 0"
            : quantiles[^1] > Longest ? $"Quantiles[{quantiles.Length - 1}] is {quantiles[^1]}; it must be at most {Longest}"
            : null;
    }
}
