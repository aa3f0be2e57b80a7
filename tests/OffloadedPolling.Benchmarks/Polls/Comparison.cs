using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>Compares a schedule with the optimum and with a fixed interval, at the schedule's mean delay.</summary>
/// <param name="Scheduled">The schedule.</param>
/// <param name="Optimal">The polls of the optimum, which knows the true durations.</param>
/// <param name="Fixed">The polls of the fixed interval.</param>
internal readonly record struct Comparison(PollingCost Scheduled, double Optimal, double Fixed)
{
    public double ToOptimal => Scheduled.Count / Optimal;

    public double ToFixed => Scheduled.Count / Fixed;

    public static Comparison Of(Lifetime lifetime, Optimum optimum, PollingCost scheduled) =>
        new(scheduled, optimum.CountAt(scheduled.Delay), EqualDelay.Fixed(lifetime, scheduled.Delay).Count);
}
