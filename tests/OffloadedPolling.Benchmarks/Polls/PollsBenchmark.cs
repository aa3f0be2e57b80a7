using OffloadedPolling.Benchmarks.Polls.Lifetimes;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>Compares the library's schedule with common ways to poll and with the optimum, at equal mean delay.</summary>
internal static class PollsBenchmark
{
    private const int Runs = 20;

    private const int LearntFrom = 200;

    private const double Tenth = 1.1;

    private const double LeastToOptimal = 0.99;

    private static readonly double[] _targets = [0.5, 1, 2.5];

    private static readonly Lifetime[] _lifetimes =
    [
        new LogNormalLifetime(10, 0.25),
        new LogNormalLifetime(10, 0.5),
        new LogNormalLifetime(10, 1),
        new ExponentialLifetime(10),
        new MixedLifetime(
            "two peaks, 70 % about 5 s and 30 % about 22 s", 0.7, new LogNormalLifetime(5, 0.2), new LogNormalLifetime(65 / 3d, 0.2)),
        new MixedLifetime(
            "two peaks, half about 4 s and half about 16 s", 0.5, new LogNormalLifetime(4, 0.2), new LogNormalLifetime(16, 0.2)),
    ];

    // Thirteen quantiles hardly describe the rare slow operations. Only the bound against the fixed interval applies.
    private static readonly MixedLifetime _rareAndSlow =
        new("rare and slow: 98 % about 2 s and 2 % about 6 min", 0.98, new LogNormalLifetime(2, 0.3), new LogNormalLifetime(402, 0.3));

    /// <summary>Measures, prints, and returns 0 if all bounds hold.</summary>
    /// <param name="asJson">Whether to print JSON instead of tables.</param>
    /// <param name="plots">The folder for the plots, or null for none.</param>
    public static int Run(bool asJson, string? plots)
    {
        var (rows, bounds) = (new List<PollsRow>(), new List<PollsBound>());
        foreach (var lifetime in _lifetimes)
        {
            var optimum = new Optimum(lifetime);
            var measured = Compare(lifetime, optimum, LearnAll(lifetime));
            rows.AddRange(measured);
            bounds.AddRange(Bound(lifetime.Name, lifetime.Peaks, measured));
            if (lifetime.Peaks == 1)
            {
                bounds.AddRange(OffByTwo(lifetime, optimum));
            }

            if (plots is not null)
            {
                Plot.Draw(lifetime, optimum, Path.Combine(plots, $"polls-{Array.IndexOf(_lifetimes, lifetime) + 1}.svg"));
            }
        }

        var rare = Compare(_rareAndSlow, new Optimum(_rareAndSlow), LearnAll(_rareAndSlow));
        rows.AddRange(rare);
        bounds.Add(OverFixed(_rareAndSlow.Name, rare));

        var queue = new QueueRun(seed: 1);
        var queued = Compare(queue, LearnAll(queue.Durations));
        rows.AddRange(queued);
        bounds.AddRange(Bound(queue.All.Name, peaks: 1, queued));
        if (plots is not null)
        {
            Plot.Draw(queue, Path.Combine(plots, $"polls-{_lifetimes.Length + 1}.svg"));
        }

        bounds.AddRange(Doublings());
        bounds.AddRange(_lifetimes.SelectMany(Bursts));

        var report = new PollsReport(rows, bounds);
        Console.WriteLine(asJson ? report.ToJson() : report.ToTable());
        return report.Holds ? 0 : 1;
    }

    private static List<OperationEstimate> LearnAll(Lifetime lifetime) =>
        [.. Enumerable.Range(0, Runs).Select(seed => new Random(seed)).Select(random =>
            Learnt.From(() => lifetime.Sample(random), LearntFrom))];

    private static List<PollsRow> Compare(Lifetime lifetime, Optimum optimum, List<OperationEstimate> learnt) =>
        [.. Habit.All.Select(habit =>
        {
            var cost = habit.Measure(lifetime);
            var found = Comparison.Of(lifetime, optimum, EqualDelay.Scheduled(lifetime, lifetime.Estimate(), cost.Delay));
            var afterLearning = learnt.Select(estimate => Comparison.Of(
                lifetime, optimum, PollingCost.Compute(lifetime, new PollSchedule(estimate, TimeSpan.FromSeconds(cost.Delay))))).ToList();
            return Row(lifetime.Name, habit, cost, found, afterLearning);
        })];

    private static List<PollsRow> Compare(QueueRun queue, List<OperationEstimate> learnt) =>
        [.. Habit.All.Select(habit =>
        {
            var cost = habit.Measure(queue.All);
            var found = queue.AtDelay(queue.Durations.Estimate(), cost.Delay);
            return Row(queue.All.Name, habit, cost, found, [.. learnt.Select(estimate => queue.At(estimate, cost.Delay))]);
        })];

    private static PollsRow Row(string durations, Habit habit, PollingCost cost, Comparison found, List<Comparison> learnt) => new(
        durations, habit.Name, cost.Count, cost.Delay, found.Scheduled.Count, found.ToOptimal, found.ToFixed,
        learnt.Average(each => each.ToOptimal), learnt.Average(each => each.ToFixed));

    private static IEnumerable<PollsBound> Bound(string name, int peaks, List<PollsRow> rows)
    {
        var most = peaks == 1 ? 1.05 : 1.2;
        yield return new PollsBound($"{name}: polls over the optimum's", rows.Max(row => row.ToOptimal), 0, most);
        // A schedule that is better than the optimum shows that the optimum is wrong.
        yield return new PollsBound($"{name}: polls over the optimum's, the least", rows.Min(row => row.ToOptimal), LeastToOptimal, most);
        yield return OverFixed(name, rows);
        yield return new PollsBound($"{name}: after {LearntFrom} operations, over the optimum's, mean of {Runs} runs", rows.Max(row =>
            row.LearntToOptimal), 0, most * Tenth);
        yield return new PollsBound(
            $"{name}: after {LearntFrom} operations, over the fixed interval's, mean of {Runs} runs", rows.Max(row => row.LearntToFixed), 0,
            1.02 * Tenth);
    }

    private static PollsBound OverFixed(string name, List<PollsRow> rows) =>
        new($"{name}: polls over the fixed interval's", rows.Max(row => row.ToFixed), 0, 1.02);

    private static IEnumerable<PollsBound> OffByTwo(Lifetime lifetime, Optimum optimum)
    {
        foreach (var (scale, word) in ((double, string)[])[(0.5, "half"), (2, "double")])
        {
            var estimate = lifetime.Estimate(scale);
            var usual = PollSchedule.DefaultTargetDelay(estimate);
            var cost = PollingCost.Compute(lifetime, new PollSchedule(estimate, usual));
            var worst = _targets.Append(usual.TotalSeconds)
                .Max(target =>
                    Comparison.Of(lifetime, optimum, PollingCost.Compute(
                        lifetime, new PollSchedule(estimate, TimeSpan.FromSeconds(target)))).ToFixed);
            yield return new PollsBound($"{lifetime.Name}, estimate {word}: polls over the fixed interval's", worst, 0, 1.25);
            yield return new PollsBound(
                $"{lifetime.Name}, estimate {word}: delay over the default target", cost.Delay / usual.TotalSeconds, 0, 6);
        }
    }

    private static IEnumerable<PollsBound> Doublings()
    {
        foreach (var (load, durations, word) in ((bool, bool, string)[])[
            (true, false, "the load doubled"), (false, true, "the durations doubled")])
        {
            var shares = Enumerable.Range(0, Runs).Select(seed => Doubling.DoneBeforeUpper(load, durations, seed)).ToList();
            yield return new PollsBound($"done before upper, after {word}: least of {Runs} runs", shares.Min(), 0.8, 0.97);
            yield return new PollsBound($"done before upper, after {word}: most of {Runs} runs", shares.Max(), 0.8, 0.97);
        }
    }

    private static IEnumerable<PollsBound> Bursts(Lifetime lifetime)
    {
        var burst = Burst.Of(lifetime, Runs);
        yield return new PollsBound(
            $"{lifetime.Name}: the busiest 100 ms with jitter over that without", burst.BusiestWith / burst.BusiestWithout, 0, 0.5);
        yield return new PollsBound($"{lifetime.Name}: polls with jitter over those without", burst.MorePolls, 0, 1.03);
    }
}
