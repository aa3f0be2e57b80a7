using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>
/// The polls for a thousand operations that are accepted at the same instant with the same estimate, with and without jitter.
/// </summary>
/// <param name="BusiestWithout">The most polls in 100 ms, without jitter.</param>
/// <param name="BusiestWith">The most polls in 100 ms, with jitter.</param>
/// <param name="MorePolls">The polls with jitter, divided by those without jitter at the same mean delay.</param>
internal readonly record struct Burst(double BusiestWithout, double BusiestWith, double MorePolls)
{
    private const int Operations = 1000;

    private const double Window = 0.1;

    /// <summary>Returns the means of a number of seeded runs, at the default target delay.</summary>
    public static Burst Of(Lifetime lifetime, int runs)
    {
        var estimate = lifetime.Estimate();
        var schedule = new PollSchedule(estimate, PollSchedule.DefaultTargetDelay(estimate));
        var (without, with, count, delay) = (0d, 0d, 0d, 0d);
        for (var seed = 0; seed < runs; seed++)
        {
            var random = new Random(seed);
            double[] durations = [.. Enumerable.Range(0, Operations).Select(_ => lifetime.Sample(random))];
            without += Busiest(durations.SelectMany(duration => PollsAt(schedule, duration, null)));
            var polls = durations.Select(duration => PollsAt(schedule, duration, random).ToList()).ToList();
            with += Busiest(polls.SelectMany(each => each));
        }

        // The cost is too small to measure with so few operations, so many more run one after another.
        var chance = new Random(runs);
        const int Many = 400_000;
        for (var i = 0; i < Many; i++)
        {
            var duration = lifetime.Sample(chance);
            var last = 0d;
            foreach (var poll in PollsAt(schedule, duration, chance))
            {
                (last, count) = (poll, count + 1);
            }

            delay += last - duration;
        }

        return new Burst(without / runs, with / runs, count / Many / EqualDelay.Scheduled(lifetime, estimate, delay / Many).Count);
    }

    private static IEnumerable<double> PollsAt(PollSchedule schedule, double duration, Random? random)
    {
        var elapsed = TimeSpan.Zero;
        while (elapsed.TotalSeconds < duration)
        {
            var delay = schedule.NextDelay(elapsed);
            elapsed += random is null ? delay : PollPace.Jitter(delay, schedule.NextDelay(elapsed + delay), random.NextDouble());
            yield return elapsed.TotalSeconds;
        }
    }

    // The most polls in any 100 ms.
    private static int Busiest(IEnumerable<double> polls)
    {
        var times = polls.Order().ToList();
        var (most, first) = (0, 0);
        for (var last = 0; last < times.Count; last++)
        {
            while (times[last] - times[first] > Window)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
