namespace OffloadedPolling.Client;

/// <summary>The distribution of a duration, built from the few numbers in an estimate.</summary>
/// <remarks>
/// The curve goes through the quantiles in coordinates where a log-normal distribution is a straight line. Without quantiles, the median
/// and the upper bound give such a line. Beyond the 99 % quantile the curve is straight. A mixture of fast and slow work has a gap between
/// its quantiles. Each side of the gap is then a separate peak, because a curve across the gap would place durations within it.
/// </remarks>
internal sealed class DurationDistribution
{
    // A gap is this many times steeper than the curve on both sides of it.
    private const double GapRatio = 3;

    private const double MinSeconds = 0.001;

    // Ten years: no operation takes longer, and sums of such durations do not overflow a TimeSpan.
    private const double MaxSeconds = 315_360_000;

    // In normal scores. Nothing beyond it is needed.
    private const double FarthestScore = 3.7;

    // The largest standard deviation (of the logarithm) beyond the last quantile.
    private const double SteepestTail = 1.5;

    // The standard deviation (of the logarithm) of a peak with only one known quantile.
    private const double SlopeOfOne = 0.3;

    // The minimum standard deviation (of the logarithm), because no work always takes exactly the same time.
    private const double LeastSlope = 0.05;

    private static readonly double[] _levels = [.. OperationEstimate.QuantileLevels];

    private static readonly double[] _straightLevels = [0.5, 0.9, 0.99];

    // The distance of the 99 % quantile from the median, in distances of the 90 % quantile.
    private static readonly double _straight = StandardNormal.Quantile(0.99) / StandardNormal.Quantile(0.9);

    private DurationDistribution(IReadOnlyList<DurationPeak> peaks) => Peaks = peaks;

    /// <summary>Gets the peaks, from fastest to slowest.</summary>
    public IReadOnlyList<DurationPeak> Peaks { get; }

    /// <summary>Creates the distribution of an estimate, or returns <see langword="null"/> if the estimate is not usable.</summary>
    /// <param name="estimate">The estimate.</param>
    /// <param name="tail">The minimum standard deviation (of the logarithm) of the tail.</param>
    public static DurationDistribution? From(OperationEstimate? estimate, double tail = 0) => estimate switch
    {
        { Quantiles: { } quantiles } when IsComplete(quantiles) =>
            Through(_levels, [.. quantiles.Select(quantile => quantile.TotalSeconds)], tail),
        { Median: var median, Upper: var upper } when median > TimeSpan.Zero && upper >= median => Through(
            _straightLevels,
            [median.TotalSeconds, upper.TotalSeconds, median.TotalSeconds * Math.Pow(upper / median, _straight)],
            tail),
        _ => null,
    };

    /// <summary>Returns the duration in seconds within which a share of operations are done.</summary>
    /// <param name="share">The share, more than 0 and less than 1.</param>
    public double SecondsAt(double share)
    {
        var peak = Peaks.First(peak => share < peak.To || peak.To == 1);
        return peak.SecondsAt(StandardNormal.Quantile(Math.Clamp((share - peak.From) / (peak.To - peak.From), 1e-9, 1 - 1e-9)));
    }

    /// <summary>Returns the share of durations below a number of seconds.</summary>
    public double ShareUnder(double seconds)
    {
        var (low, high) = (0d, 1d);
        for (var step = 0; step < 40; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = SecondsAt(middle) < seconds ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static bool IsComplete(IReadOnlyList<TimeSpan> quantiles) =>
        quantiles.Count == _levels.Length && quantiles[^1] > TimeSpan.Zero
        && quantiles.Zip(quantiles.Skip(1)).All(pair => pair.First <= pair.Second);

    private static DurationDistribution Through(double[] levels, double[] seconds, double tail)
    {
        var scores = Array.ConvertAll(levels, StandardNormal.Quantile);
        var logs = Array.ConvertAll(seconds, each => Math.Log(Math.Clamp(each, MinSeconds, MaxSeconds)));
        for (var i = 1; i < logs.Length; i++)
        {
            logs[i] = Math.Max(logs[i], logs[i - 1] + (LeastSlope * (scores[i] - scores[i - 1])));
        }

        var groups = Groups(scores, logs);
        return new DurationDistribution([.. groups.Select((group, i) => Peak(
            levels, logs, group,
            i == 0 ? 0 : Boundary(levels, groups[i - 1], group),
            i == groups.Count - 1 ? 1 : Boundary(levels, group, groups[i + 1]),
            i == 0 ? 0 : Math.Exp(Middle(logs, groups[i - 1], group)),
            i == groups.Count - 1 ? MaxSeconds : Math.Exp(Middle(logs, group, groups[i + 1])),
            i == groups.Count - 1 ? tail : 0))]);
    }

    /// <summary>Returns the first and last index of each peak's quantiles.</summary>
    private static List<(int First, int Last)> Groups(double[] scores, double[] logs)
    {
        var steepness = new double[logs.Length - 1];
        for (var i = 0; i < steepness.Length; i++)
        {
            steepness[i] = (logs[i + 1] - logs[i]) / (scores[i + 1] - scores[i]);
        }

        var groups = new List<(int First, int Last)>();
        var first = 0;
        for (var i = 0; i < logs.Length; i++)
        {
            if (i == logs.Length - 1 || IsGap(steepness, i))
            {
                groups.Add((first, i));
                first = i + 1;
            }
        }

        // A single quantile between two steep parts is within the gap. At either end it represents rare durations.
        return [.. groups.Where((group, i) => group.Last > group.First || i == 0 || i == groups.Count - 1)];
    }

    private static bool IsGap(double[] steepness, int i) =>
        IsSteeperThan(steepness, i, i - 1, i - 2) && IsSteeperThan(steepness, i, i + 1, i + 2);

    private static bool IsSteeperThan(double[] steepness, int i, int neighbor, int next) =>
        At(steepness, neighbor) is not { } near || steepness[i] > GapRatio * Math.Min(near, At(steepness, next) ?? near);

    private static double? At(double[] steepness, int i) => i >= 0 && i < steepness.Length ? steepness[i] : null;

    // The share at which one peak ends: halfway between the known quantiles of both, or at the quantile within the gap.
    private static double Boundary(double[] levels, (int First, int Last) before, (int First, int Last) after) =>
        after.First - before.Last == 2 ? levels[before.Last + 1] : (levels[before.Last] + levels[after.First]) / 2;

    private static double Middle(double[] logs, (int First, int Last) before, (int First, int Last) after) =>
        (logs[before.Last] + logs[after.First]) / 2;

    private static DurationPeak Peak(
        double[] levels, double[] logs, (int First, int Last) group, double from, double to, double shortest, double longest, double tail)
    {
        var count = group.Last - group.First + 1;
        var scores = new double[count];
        for (var i = 0; i < count; i++)
        {
            scores[i] = StandardNormal.Quantile((levels[group.First + i] - from) / (to - from));
        }

        var known = logs[group.First..(group.Last + 1)];
        if (count == 1)
        {
            (scores, known) = ([scores[0], scores[0] + 1], [known[0], known[0] + SlopeOfOne]);
        }

        // Each peak stays on its side of the gap.
        var mostBelow = from > 0 ? (known[0] - Math.Log(shortest)) / (scores[0] + FarthestScore) : double.PositiveInfinity;
        var mostBeyond = to < 1 ? (Math.Log(longest) - known[^1]) / (FarthestScore - scores[^1]) : SteepestTail;
        return new DurationPeak(from, to, shortest, longest, new MonotoneCurve(scores, known, mostBelow, to < 1 ? 0 : tail, mostBeyond));
    }
}

/// <summary>One peak of a distribution of durations. It is roughly log-normal, and goes exactly through its known quantiles.</summary>
/// <param name="From">The share of all durations before this peak.</param>
/// <param name="To">The share of all durations before the end of this peak.</param>
/// <param name="Shortest">The minimum duration of this peak in seconds.</param>
/// <param name="Longest">The maximum duration of this peak in seconds.</param>
/// <param name="LogSeconds">The logarithm of the duration as a function of the normal score within the peak.</param>
internal sealed record DurationPeak(double From, double To, double Shortest, double Longest, MonotoneCurve LogSeconds)
{
    /// <summary>Returns the duration in seconds at a normal score within the peak.</summary>
    public double SecondsAt(double score) => Math.Min(Math.Max(Math.Exp(LogSeconds.At(score)), Shortest), Longest);
}

/// <summary>The standard normal distribution, accurate enough for schedules, with the same formulas as poll-schedule.js.</summary>
internal static class StandardNormal
{
    /// <summary>Returns the probability below <paramref name="z"/>, to 1e-7.</summary>
    /// <remarks>Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17.</remarks>
    public static double Cdf(double z)
    {
        var k = 1 / (1 + (0.2316419 * Math.Abs(z)));
        var tail = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI)
            * k * (0.319381530 + (k * (-0.356563782 + (k * (1.781477937 + (k * (-1.821255978 + (k * 1.330274429))))))));
        return z < 0 ? tail : 1 - tail;
    }

    /// <summary>Returns the quantile of the share <paramref name="p"/> (more than 0, less than 1), to 5e-4.</summary>
    /// <remarks>Abramowitz and Stegun, 26.2.23.</remarks>
    public static double Quantile(double p)
    {
        var t = Math.Sqrt(-2 * Math.Log(Math.Min(p, 1 - p)));
        var z = t - ((2.515517 + (t * (0.802853 + (t * 0.010328)))) / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308)))))));
        return p < 0.5 ? -z : z;
    }
}
