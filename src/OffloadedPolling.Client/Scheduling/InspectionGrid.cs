namespace OffloadedPolling.Client;

/// <summary>
/// The times at which a poll may be made, and the share of operations that have ended by then. Points are dense where polls are close to
/// each other, and sparse in the tail that few operations reach.
/// </summary>
/// <remarks>
/// Keller's polls are √(2c/hazard) apart, where c is the price of a poll in seconds of delay. The distances of the points are proportional
/// to that, except in the long tail: <see cref="Length"/> is ∫√hazard·S^⅓ dt, and equal parts of it lie between two points.
/// J. B. Keller, Optimum checking schedules for systems subject to random failure, 1974.
/// </remarks>
internal sealed class InspectionGrid
{
    private const int FinePoints = 600;

    // The range of normal scores: 7 in 10,000 durations are below the first, 2 in 10,000 above the last.
    private const double FirstScore = -3.2;

    private const double LastScore = 3.6;

    // No operation ends within a gap, but the gap still needs a length.
    private const double LeastShare = 1e-12;

    private readonly List<double> _seconds = new(FinePoints);

    private readonly List<double> _ended = new(FinePoints);

    private readonly List<double> _units = new(FinePoints);

    // The boundaries of gaps, in units.
    private readonly List<double> _edges = [];

    public InspectionGrid(DurationDistribution durations)
    {
        foreach (var peak in durations.Peaks)
        {
            for (var i = 0; i < FinePoints; i++)
            {
                var score = FirstScore + ((LastScore - FirstScore) * i / (FinePoints - 1));
                Add(peak.SecondsAt(score), EndedBy(peak, i, score));
                if ((i == 0 && peak.From > 0) || (i == FinePoints - 1 && peak.To < 1))
                {
                    _edges.Add(Length);
                }
            }
        }
    }

    /// <summary>Gets a value that indicates whether the grid has too few points, as when all durations have the maximum length.</summary>
    public bool IsEmpty => _units.Count < 2;

    /// <summary>Gets ∫√hazard·S^⅓ dt.</summary>
    public double Length => _units[^1];

    /// <summary>Gets ∫√(S·f)dt. With Keller's polls, the mean delay is this value times √(c/2).</summary>
    public double MeanSpread { get; private set; }

    /// <summary>Returns the start, points at equal distances, and the boundaries of gaps.</summary>
    public InspectionPoints Points(int count)
    {
        List<double> wanted = [.. Enumerable.Range(0, count).Select(i => Length * i / (count - 1)), .. _edges];
        wanted.Sort();
        var (seconds, ended) = (new List<double>(wanted.Count + 1) { 0 }, new List<double>(wanted.Count + 1) { 0 });
        var fine = 0;
        foreach (var units in wanted)
        {
            while (fine < _units.Count - 2 && _units[fine + 1] < units)
            {
                fine++;
            }

            var part = (units - _units[fine]) / (_units[fine + 1] - _units[fine]);
            var at = _seconds[fine] + (part * (_seconds[fine + 1] - _seconds[fine]));
            if (at > seconds[^1])
            {
                seconds.Add(at);
                ended.Add(_ended[fine] + (part * (_ended[fine + 1] - _ended[fine])));
            }
        }

        return new InspectionPoints([.. seconds], [.. ended]);
    }

    // No operation ends between two peaks. Operations beyond the last score of the first peak end at that score, and operations before the
    // first score of the second peak end at that score.
    private static double EndedBy(DurationPeak peak, int point, double score) => point switch
    {
        0 when peak.From > 0 => peak.From,
        FinePoints - 1 when peak.To < 1 => peak.To,
        _ => peak.From + ((peak.To - peak.From) * StandardNormal.Cdf(score)),
    };

    private void Add(double seconds, double ended)
    {
        if (_seconds.Count == 0)
        {
            _seconds.Add(seconds);
            _ended.Add(ended);
            _units.Add(0);
            return;
        }

        var (time, lasting) = (seconds - _seconds[^1], 1 - ((ended + _ended[^1]) / 2));
        if (time <= 0)
        {
            // The same time occurs at the bounds of a peak.
            _ended[^1] = Math.Max(_ended[^1], ended);
            return;
        }

        var share = Math.Max(ended - _ended[^1], LeastShare);
        _seconds.Add(seconds);
        _ended.Add(Math.Max(ended, _ended[^1]));
        _units.Add(_units[^1] + (Math.Sqrt(share / lasting * time) * Math.Cbrt(lasting)));
        MeanSpread += Math.Sqrt(share * time * lasting);
    }
}

/// <summary>The start and the points of an <see cref="InspectionGrid"/>.</summary>
/// <param name="Seconds">The times in ascending order. The first is 0.</param>
/// <param name="Ended">The share of operations that have ended by each time.</param>
internal sealed record InspectionPoints(double[] Seconds, double[] Ended)
{
    /// <summary>Returns the interval after a point by Keller's rule, √(2·price/hazard).</summary>
    /// <param name="point">The index of a point other than the start. For the last point, the previous one is used.</param>
    /// <param name="price">The price of a poll, in seconds of delay.</param>
    public double KellerInterval(int point, double price)
    {
        var at = Math.Min(point, Seconds.Length - 2);
        var (time, share) = (Seconds[at + 1] - Seconds[at], Ended[at + 1] - Ended[at]);
        return share > 0 ? Math.Sqrt(2 * price * time * (1 - Ended[at]) / share) : double.MaxValue;
    }
}
