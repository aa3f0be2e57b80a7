using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>A common way to poll.</summary>
internal sealed record Habit(string Name, Func<Lifetime, PollingCost> Measure)
{
    /// <summary>
    /// Common ways to poll, among them the defaults of the Azure SDK (DelayStrategy of Azure.Core) and of Google (the polling
    /// settings of gax).
    /// </summary>
    public static IReadOnlyList<Habit> All { get; } =
    [
        new("every 1 s", lifetime => PollingCost.Every(lifetime, 1)),
        new("every 2 s", lifetime => PollingCost.Every(lifetime, 2)),
        new("every 5 s", lifetime => PollingCost.Every(lifetime, 5)),
        new("1 s × 1.5, cap 30 s", lifetime => Growing(lifetime, 1, 1.5, 30)),
        new("0.8 s × 2, cap 60 s (Azure SDK)", lifetime => Growing(lifetime, 0.8, 2, 60)),
        new("5 s × 1.5, cap 45 s (Google)", lifetime => Growing(lifetime, 5, 1.5, 45)),
        new("the mean, then every 1 s", lifetime => PollingCost.Compute(lifetime, elapsed => elapsed == 0 ? lifetime.Mean : 1)),
    ];

    private static PollingCost Growing(Lifetime lifetime, double first, double factor, double cap)
    {
        var next = first / factor;
        return PollingCost.Compute(lifetime, _ => next = Math.Min(next * factor, cap));
    }
}
