namespace OffloadedPolling.Client;

/// <summary>
/// Instants at which a look may be made, and the share that has ended by then: many where looks are close to each other, few where they are
/// far apart.
/// </summary>
/// <remarks>
/// The points are as far apart as Keller's looks are, in proportion: by √(1/hazard). In units of √hazard·dt, which <see cref="Length"/> is
/// told in, the interval between his looks is √(2c) everywhere, c being the price of a look in seconds of delay.
/// J. B. Keller, Optimum checking schedules for systems subject to random failure, 1974.
/// </remarks>
internal sealed class InspectionGrid
{
    private const int FinePoints = 600;

    // Of the normal scores that count: 7 in 10,000 durations are below the first, 2 in 10,000 above the last.
    private const double FirstScore = -3.2;

    private const double LastScore = 3.6;

    private readonly List<double> _seconds = new(FinePoints);

    private readonly List<double> _ended = new(FinePoints);

    private readonly List<double> _units = new(FinePoints);

    public InspectionGrid(DurationDistribution durations)
    {
        foreach (var peak in durations.Peaks)
        {
            for (var i = 0; i < FinePoints; i++)
            {
                var score = FirstScore + ((LastScore - FirstScore) * i / (FinePoints - 1));
                Add(peak.SecondsAt(score), peak.From + ((peak.To - peak.From) * StandardNormal.Cdf(score)));
            }
        }
    }

    /// <summary>From the first point to the last, in units of √hazard·dt.</summary>
    public double Length => _units[^1];

    /// <summary>∫√(S·f)dt: with Keller's looks the mean delay is this times √(c/2).</summary>
    public double MeanSpread { get; private set; }

    /// <summary>A number of points at equal distances, with the start before them.</summary>
    public InspectionPoints Points(int count)
    {
        var (seconds, ended) = (new double[count + 1], new double[count + 1]);
        var fine = 0;
        for (var i = 0; i < count; i++)
        {
            var units = Length * i / (count - 1);
            while (fine < _units.Count - 2 && _units[fine + 1] < units)
            {
                fine++;
            }

            var part = (units - _units[fine]) / (_units[fine + 1] - _units[fine]);
            seconds[i + 1] = _seconds[fine] + (part * (_seconds[fine + 1] - _seconds[fine]));
            ended[i + 1] = _ended[fine] + (part * (_ended[fine + 1] - _ended[fine]));
        }

        return new InspectionPoints(seconds, ended, Length / (count - 1));
    }

    private void Add(double seconds, double ended)
    {
        if (_seconds.Count == 0)
        {
            _seconds.Add(seconds);
            _ended.Add(ended);
            _units.Add(0);
            return;
        }

        var (time, share) = (seconds - _seconds[^1], ended - _ended[^1]);
        var lasting = 1 - ((ended + _ended[^1]) / 2);
        if (time <= 0 || share <= 0)
        {
            return;
        }

        _seconds.Add(seconds);
        _ended.Add(ended);
        _units.Add(_units[^1] + Math.Sqrt(share / lasting * time));
        MeanSpread += Math.Sqrt(share * time * lasting);
    }
}
