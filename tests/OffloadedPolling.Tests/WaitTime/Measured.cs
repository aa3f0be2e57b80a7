using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

/// <summary>Creates durations as a worker measures them.</summary>
internal static class Measured
{
    public static DurationHistogram Nothing { get; } = new();

    public static DurationHistogram Of(int count, double seconds)
    {
        var measured = new DurationHistogram();
        for (var index = 0; index < count; index++)
        {
            measured.Add(TimeSpan.FromSeconds(seconds));
        }

        return measured;
    }

    /// <summary>Creates log-normal durations with a median of 10 s.</summary>
    public static DurationHistogram LogNormal(int count, double sigma)
    {
        var random = new Random(17);
        var measured = new DurationHistogram();
        for (var index = 0; index < count; index++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            measured.Add(TimeSpan.FromSeconds(10 * Math.Exp(sigma * normal)));
        }

        return measured;
    }
}
