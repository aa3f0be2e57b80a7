namespace OffloadedPolling.Benchmarks.Polls.Lifetimes;

/// <summary>Measured durations that are all equally likely.</summary>
internal sealed class MeasuredLifetime : Lifetime
{
    private readonly double[] _seconds;

    public MeasuredLifetime(string name, IEnumerable<double> seconds)
        : base(name, 1)
    {
        _seconds = [.. seconds.Order()];
        Mean = _seconds.Average();
    }

    public override double Mean { get; }

    public override double Ended(double seconds)
    {
        // Linear between neighbors, so that the optimum cannot poll right after each duration.
        var at = Array.BinarySearch(_seconds, seconds);
        var above = at < 0 ? ~at : at;
        if (above == 0)
        {
            return 0;
        }

        if (above == _seconds.Length)
        {
            return 1;
        }

        var (low, high) = (_seconds[above - 1], _seconds[above]);
        return (above - 1 + (high > low ? (seconds - low) / (high - low) : 1)) / (_seconds.Length - 1);
    }

    public override double Sample(Random random) => _seconds[random.Next(_seconds.Length)];
}
