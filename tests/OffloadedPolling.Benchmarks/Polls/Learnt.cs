using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>Makes estimates from measured durations with the library's own code.</summary>
internal static class Learnt
{
    private const int DurationsPerWrite = 25;

    /// <summary>Returns the estimate after a number of operations. They are written to the profile a few at a time and read back.</summary>
    public static OperationEstimate From(Func<double> duration, int operations)
    {
        var profile = DurationProfile.Empty;
        for (var learnt = 0; learnt < operations; learnt += DurationsPerWrite)
        {
            var measured = new DurationHistogram();
            for (var i = 0; i < Math.Min(DurationsPerWrite, operations - learnt); i++)
            {
                measured.Add(TimeSpan.FromSeconds(duration()));
            }

            profile = DurationProfileJson.Read(DurationProfileJson.Write(profile.With(measured, "a-worker", 4, DateTimeOffset.UnixEpoch)));
        }

        return ProfileEstimate.Combine(profile, null).Estimate!;
    }
}
