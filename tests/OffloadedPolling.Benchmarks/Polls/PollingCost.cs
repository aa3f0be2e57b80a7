using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>
/// What polling costs on average: the number of polls, including the last, and the seconds until the end is noticed.
/// </summary>
internal readonly record struct PollingCost(double Count, double Delay)
{
    private const double Negligible = 1e-9;

    /// <summary>
    /// Computes the cost without simulation: E[polls] = Σ S(tₖ) and E[end noticed] = Σ S(tₖ)(tₖ₊₁ − tₖ), over all polls from the start.
    /// </summary>
    /// <param name="lifetime">How long operations take.</param>
    /// <param name="nextDelay">Returns the seconds to the next poll for the seconds since the start.</param>
    public static PollingCost Compute(Lifetime lifetime, Func<double, double> nextDelay)
    {
        var (elapsed, lasting, count, noticed) = (0d, 1d, 0d, 0d);
        while (lasting > Negligible)
        {
            var delay = nextDelay(elapsed);
            if (!(delay > 0))
            {
                throw new InvalidOperationException($"The delay {elapsed} s after the start is {delay} s; it must be positive.");
            }

            count += lasting;
            noticed += lasting * delay;
            elapsed += delay;
            lasting = 1 - lifetime.Ended(elapsed);
        }

        return new PollingCost(count, noticed - lifetime.Mean);
    }

    public static PollingCost Compute(Lifetime lifetime, PollSchedule schedule) =>
        Compute(lifetime, elapsed => schedule.NextDelay(TimeSpan.FromSeconds(elapsed)).TotalSeconds);

    public static PollingCost Every(Lifetime lifetime, double seconds) => Compute(lifetime, _ => seconds);
}
