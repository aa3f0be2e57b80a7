namespace OffloadedPolling.Benchmarks.Polls.Lifetimes;

/// <summary>The true distribution of how long operations take.</summary>
internal abstract class Lifetime(string name, int peaks)
{
    public string Name { get; } = name;

    public int Peaks { get; } = peaks;

    /// <summary>The mean duration in seconds.</summary>
    public abstract double Mean { get; }

    /// <summary>Returns the share of operations that have ended by a time.</summary>
    public abstract double Ended(double seconds);

    public abstract double Sample(Random random);

    /// <summary>Returns the time by which a share of operations has ended.</summary>
    public virtual double Quantile(double share)
    {
        var (low, high) = (1e-6, 1e6);
        for (var step = 0; step < 100; step++)
        {
            var middle = Math.Sqrt(low * high);
            (low, high) = Ended(middle) < share ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(low * high);
    }

    /// <summary>Returns the estimate that a document has if these durations are known, in whole milliseconds.</summary>
    public OperationEstimate Estimate(double scale = 1) => new()
    {
        Median = Seconds(0.5, scale),
        Upper = Seconds(0.9, scale),
        Quantiles = [.. OperationEstimate.QuantileLevels.Select(level => Seconds(level, scale))],
    };

    private TimeSpan Seconds(double share, double scale) => TimeSpan.FromMilliseconds(Math.Round(1000 * scale * Quantile(share)));
}
