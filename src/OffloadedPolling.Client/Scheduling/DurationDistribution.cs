namespace OffloadedPolling.Client;

/// <summary>The whole distribution of a duration, made of the few numbers that an estimate tells of it.</summary>
/// <remarks>
/// The curve goes through the quantiles in the coordinates where a log-normal distribution is a straight line; median and upper bound alone
/// give just that. Where the quantiles leap, as those of a mixture of fast and slow work do, each side of the gap is a peak of its own:
/// a curve across the gap would place durations where there are none. Beyond the 99 % quantile the curve goes on straight.
/// </remarks>
internal sealed class DurationDistribution
{
    // A leap is this many times steeper than the curve on both sides of it.
    private const double GapRatio = 3;

    private const double MinSeconds = 0.001;

    // Ten years: no operation takes so long, and every sum of such durations is still a TimeSpan.
    private const double MaxSeconds = 315_360_000;

    // Nobody asks for what lies farther out, in normal scores.
    private const double FarthestScore = 3.7;

    // What is beyond the last quantile may spread so far at most, as standard deviation of the logarithm.
    private const double SteepestTail = 1.5;

    // How far the durations of a peak spread of which one quantile is known, as standard deviation of their logarithm.
    private const double SlopeOfOne = 0.3;

    // The least standard deviation (of the logarithm): nothing takes as long every time as its estimate may say.
    private const double LeastSlope = 0.05;

    private static readonly double[] _levels = [.. OperationEstimate.QuantileLevels];

    private static readonly double[] _straightLevels = [0.5, 0.9, 0.99];

    // How far the 99 % quantile lies beyond the median, by how far the 90 % quantile does.
    private static readonly double _straight = StandardNormal.Quantile(0.99) / StandardNormal.Quantile(0.9);

    private DurationDistribution(IReadOnlyList<DurationPeak> peaks) => Peaks = peaks;

    /// <summary>Its peaks, the fast ones first.</summary>
    public IReadOnlyList<DurationPeak> Peaks { get; }

    /// <summary>The distribution that an estimate tells; <see langword="null"/> for one that tells nothing.</summary>
    /// <param name="estimate">The estimate.</param>
    /// <param name="tail">The least standard deviation (of the logarithm) that the tail is taken to have.</param>
    public static DurationDistribution? Of(OperationEstimate? estimate, double tail = 0) => estimate switch
    {
        { Quantiles: { } quantiles } when IsWhole(quantiles) => 
            Through(_levels, [.. quantiles.Select(quantile => quantile.TotalSeconds)], tail),
        { Median: var median, Upper: var upper } when median > TimeSpan.Zero && upper >= median => Through(
            _straightLevels,
            [median.TotalSeconds, upper.TotalSeconds, median.TotalSeconds * Math.Pow(upper / median, _straight)],
            tail),
        _ => null,
    };

    /// <summary>The duration, in seconds, that a share of all stay under.</summary>
    /// <param name="share">Over 0, under 1.</param>
    public double SecondsAt(double share)
    {
        var peak = Peaks.First(peak => share < peak.To || peak.To == 1);
        return peak.SecondsAt(StandardNormal.Quantile(Math.Clamp((share - peak.From) / (peak.To - peak.From), 1e-9, 1 - 1e-9)));
    }

    /// <summary>The share of durations under a number of seconds.</summary>
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

    private static bool IsWhole(IReadOnlyList<TimeSpan> quantiles) =>
        quantiles.Count == _levels.Length && quantiles[^1] > TimeSpan.Zero && quantiles.Zip(quantiles.Skip(1)).All(pair => pair.First <= pair.Second);

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

    /// <summary>The quantiles of each peak, by their first and last index.</summary>
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

        // A quantile that stands alone between two leaps is within the gap. Alone at either end it stands for the rare ones.
        return [.. groups.Where((group, i) => group.Last > group.First || i == 0 || i == groups.Count - 1)];
    }

    private static bool IsGap(double[] steepness, int i) =>
        IsSteeperThan(steepness, i, i - 1, i - 2) && IsSteeperThan(steepness, i, i + 1, i + 2);

    private static bool IsSteeperThan(double[] steepness, int i, int neighbour, int next) =>
        Of(steepness, neighbour) is not { } near || steepness[i] > GapRatio * Math.Min(near, Of(steepness, next) ?? near);

    private static double? Of(double[] steepness, int i) => i >= 0 && i < steepness.Length ? steepness[i] : null;

    // The share where one peak ends: halfway between what is known of both, or at the quantile that lies in the gap.
    private static double Boundary(double[] levels, (int First, int Last) before, (int First, int Last) after) =>
        after.First - before.Last == 2 ? levels[before.Last + 1] : (levels[before.Last] + levels[after.First]) / 2;

    private static double Middle(double[] logs, (int First, int Last) before, (int First, int Last) after) => (logs[before.Last] + logs[after.First]) / 2;

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

        // Each peak keeps to its side of the gap.
        var mostBelow = from > 0 ? (known[0] - Math.Log(shortest)) / (scores[0] + FarthestScore) : double.PositiveInfinity;
        var mostBeyond = to < 1 ? (Math.Log(longest) - known[^1]) / (FarthestScore - scores[^1]) : SteepestTail;
        return new DurationPeak(from, to, shortest, longest, new MonotoneCurve(scores, known, mostBelow, to < 1 ? 0 : tail, mostBeyond));
    }
}
