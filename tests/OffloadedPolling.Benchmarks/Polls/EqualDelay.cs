using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>Settings at which a poller has a given mean delay.</summary>
internal static class EqualDelay
{
    private const int Steps = 40;

    /// <summary>The fixed interval.</summary>
    public static Looks Fixed(Lifetime lifetime, double delay) => Search(interval => Looks.Every(lifetime, interval), delay, Steps);

    /// <summary>
    /// The schedule of an estimate, by its target. Where the delay leaps over the wanted one, as it may between two peaks, the schedule
    /// that is just shorter.
    /// </summary>
    public static Looks Scheduled(Lifetime lifetime, OperationEstimate estimate, double delay) =>
        Search(target => Looks.Of(lifetime, new PollSchedule(estimate, TimeSpan.FromSeconds(target))), delay, 18);

    private static Looks Search(Func<double, Looks> measure, double delay, int steps)
    {
        var (low, high) = (delay / 50, delay * 50);
        Looks? best = null;
        for (var step = 0; step < steps; step++)
        {
            var middle = Math.Sqrt(low * high);
            var looks = measure(middle);
            if (looks.Delay <= delay * 1.001)
            {
                low = middle;
                best = best is { } known && known.Delay > looks.Delay ? known : looks;
                if (looks.Delay >= delay * 0.999)
                {
                    break;
                }
            }
            else
            {
                high = middle;
            }
        }

        return best ?? throw new InvalidOperationException($"No setting has a mean delay of {delay} s or less.");
    }
}
