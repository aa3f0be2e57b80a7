namespace OffloadedPolling.Benchmarks.Polls.Lifetimes;

/// <summary>How long operations take, in truth.</summary>
internal abstract class Lifetime(string name, int peaks)
{
    public string Name { get; } = name;

    public int Peaks { get; } = peaks;

    /// <summary>Seconds.</summary>
    public abstract double Mean { get; }

    /// <summary>The share that has ended by a time.</summary>
    public abstract double Ended(double seconds);

    public abstract double Sample(Random random);

    /// <summary>The time by which a share has ended.</summary>
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

    /// <summary>What the document carries when these durations are known: the quantiles, in whole milliseconds.</summary>
    public OperationEstimate Estimate(double scale = 1) => new()
    {
        Median = Seconds(0.5, scale),
        Upper = Seconds(0.9, scale),
        Quantiles = [.. OperationEstimate.QuantileLevels.Select(level => Seconds(level, scale))],
    };

    private TimeSpan Seconds(double share, double scale) => TimeSpan.FromMilliseconds(Math.Round(1000 * scale * Quantile(share)));
}
