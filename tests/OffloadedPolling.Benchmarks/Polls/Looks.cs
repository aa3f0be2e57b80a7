using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>
/// What polling costs on average: the looks, the last one that sees the end among them, and the seconds until the end is noticed.
/// </summary>
internal readonly record struct Looks(double Count, double Delay)
{
    private const double Negligible = 1e-9;

    /// <summary>
    /// Not simulated but added up: E[looks] = Σ S(tₖ) and E[end noticed] = Σ S(tₖ)(tₖ₊₁ − tₖ), over all looks from the start on.
    /// </summary>
    /// <param name="lifetime">How long operations take.</param>
    /// <param name="nextDelay">Seconds to the next look, when the operation is still under way after so many.</param>
    public static Looks Of(Lifetime lifetime, Func<double, double> nextDelay)
    {
        var (elapsed, lasting, count, noticed) = (0d, 1d, 0d, 0d);
        while (lasting > Negligible)
        {
            var delay = nextDelay(elapsed);
            if (!(delay > 0))
            {
                throw new InvalidOperationException($"A delay of {delay} s, {elapsed} s after the start.");
            }

            count += lasting;
            noticed += lasting * delay;
            elapsed += delay;
            lasting = 1 - lifetime.Ended(elapsed);
        }

        return new Looks(count, noticed - lifetime.Mean);
    }

    public static Looks Of(Lifetime lifetime, PollSchedule schedule) =>
        Of(lifetime, elapsed => schedule.NextDelay(TimeSpan.FromSeconds(elapsed)).TotalSeconds);

    public static Looks Every(Lifetime lifetime, double seconds) => Of(lifetime, _ => seconds);
}
