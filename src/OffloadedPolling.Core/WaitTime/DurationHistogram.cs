namespace OffloadedPolling.WaitTime;

/// <summary>
/// The frequencies of durations, in eight bins per doubling. Bin <c>i</c> covers 1 ms × 2^(i/8) up to 1 ms × 2^((i+1)/8). The last bin
/// contains 14 days. Shorter and longer durations are counted in the first and the last bin.
/// </summary>
internal sealed class DurationHistogram
{
    public const int Bins = 242;
    private const double BinsToTheDoubling = 8;
    private const double LowestSeconds = 0.001;
    private readonly double[] _weights = new double[Bins];

    public double Total { get; private set; }

    /// <summary>Gets the lowest bin that is not empty; 0 if all are.</summary>
    public int First { get; private set; }

    /// <summary>Gets the highest bin that is not empty; −1 if all are.</summary>
    public int Last { get; private set; } = -1;

    /// <summary>Returns the shortest duration of a bin, where the previous bin ends.</summary>
    public static double LowerBoundSeconds(int bin) => LowestSeconds * Math.Pow(2, bin / BinsToTheDoubling);

    public static int BinOf(TimeSpan duration) => duration.TotalSeconds <= LowestSeconds
        ? 0
        : Math.Min((int)(Math.Log2(duration.TotalSeconds / LowestSeconds) * BinsToTheDoubling), Bins - 1);

    public double Weight(int bin) => _weights[bin];

    public void Add(TimeSpan duration) => Add(BinOf(duration), 1);

    public void Add(int bin, double weight)
    {
        if (weight > 0)
        {
            (First, Last) = Last < 0 ? (bin, bin) : (Math.Min(First, bin), Math.Max(Last, bin));
            _weights[bin] += weight;
            Total += weight;
        }
    }

    /// <summary>Adds another histogram's weights, multiplied by <paramref name="factor"/>.</summary>
    public void Add(DurationHistogram other, double factor = 1)
    {
        for (var bin = other.First; bin <= other.Last; bin++)
        {
            Add(bin, other.Weight(bin) * factor);
        }
    }
}
