using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>Finds the settings at which a poller has a given mean delay.</summary>
internal static class EqualDelay
{
    private const int Steps = 40;

    /// <summary>Returns the cost of the fixed interval.</summary>
    public static PollingCost Fixed(Lifetime lifetime, double delay) =>
        Search(interval => PollingCost.Every(lifetime, interval), delay, Steps);

    /// <summary>
    /// Returns the cost of an estimate's schedule. If no target gives exactly this delay, which can happen between two peaks, the schedule
    /// with the next shorter delay is used.
    /// </summary>
    public static PollingCost Scheduled(Lifetime lifetime, OperationEstimate estimate, double delay) =>
        Search(target => PollingCost.Compute(lifetime, new PollSchedule(estimate, TimeSpan.FromSeconds(target))), delay, 18);

    private static PollingCost Search(Func<double, PollingCost> measure, double delay, int steps)
    {
        var (low, high) = (delay / 50, delay * 50);
        PollingCost? best = null;
        for (var step = 0; step < steps; step++)
        {
            var middle = Math.Sqrt(low * high);
            var cost = measure(middle);
            if (cost.Delay <= delay * 1.001)
            {
                low = middle;
                best = best is { } known && known.Delay > cost.Delay ? known : cost;
                if (cost.Delay >= delay * 0.999)
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
