using OffloadedPolling.Benchmarks.Polls.Lifetimes;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>
/// Simulates the polls for the operations of a queue. The estimate at the accept is based on the queue's depth, and the estimate at the
/// start of the work is based only on the durations. The poller uses the estimate that the document has when it polls. The optimum knows
/// the depth at the accept and the true durations of the operations that had the same depth. It does not know when they start.
/// </summary>
internal sealed class QueueRun
{
    private const int Slots = 4;

    private const double Load = 0.8;

    private const int Operations = 60_000;

    private const int FewestOfADepth = 400;

    private readonly List<Depth> _depths;

    public QueueRun(int seed)
    {
        var random = new Random(seed);
        Durations = new LogNormalLifetime(10, 0.5);
        var operations = SimulatedQueue.Run(Slots, Operations, _ => Load * Slots / Durations.Mean, _ => Durations.Sample(random), random);
        _depths = [.. operations
            .Select((operation, i) => (Operation: operation, Depth: SimulatedQueue.DepthAt(operations, i, operation.Arrival)))
            .Skip(1000)
            .GroupBy(met => Math.Max(met.Depth.Waiting + met.Depth.InFlight, Slots - 1))
            .Where(group => group.Count() >= FewestOfADepth)
            .Select(group => new Depth(group.First().Depth, [.. group.Select(met => met.Operation)]))];
        All = new MeasuredLifetime(
            "real queue (M/G/4, load 0.8)", _depths.SelectMany(depth => depth.Operations).Select(operation => operation.Sojourn));
    }

    /// <summary>The durations of the work.</summary>
    public Lifetime Durations { get; }

    /// <summary>The durations of the operations, including their waits.</summary>
    public MeasuredLifetime All { get; }

    /// <summary>Compares the schedule at a target with the optimum, which has the same mean delay at each depth and in total.</summary>
    /// <param name="work">The library's estimate of the work.</param>
    /// <param name="target">The target delay, in seconds.</param>
    public Comparison At(OperationEstimate work, double target)
    {
        var (count, delay, optimal) = (0d, 0d, 0d);
        var moments = DurationMoments.From(work);
        var running = new PollSchedule(work, TimeSpan.FromSeconds(target));
        foreach (var depth in _depths)
        {
            var waiting = new PollSchedule(QueueWait.Estimate(work, moments, depth.Met, Slots), TimeSpan.FromSeconds(target));
            var costs = depth.Operations.Select(operation => Follow(operation, waiting, running)).ToList();
            var mean = new PollingCost(costs.Average(cost => cost.Count), costs.Average(cost => cost.Delay));
            count += mean.Count * costs.Count;
            delay += mean.Delay * costs.Count;
            optimal += depth.Optimum.CountAt(mean.Delay) * costs.Count;
        }

        var all = _depths.Sum(depth => depth.Operations.Count);
        var scheduled = new PollingCost(count / all, delay / all);
        return new Comparison(scheduled, optimal / all, EqualDelay.Fixed(All, scheduled.Delay).Count);
    }

    /// <summary>Compares them at the target that gives the requested mean delay in total.</summary>
    public Comparison AtDelay(OperationEstimate work, double delay)
    {
        var target = delay;
        var found = At(work, target);
        for (var tries = 0; tries < 12 && Math.Abs((found.Scheduled.Delay / delay) - 1) > 0.003; tries++)
        {
            target *= delay / found.Scheduled.Delay;
            found = At(work, target);
        }

        return found;
    }

    private static PollingCost Follow(SimulatedOperation operation, PollSchedule waiting, PollSchedule running)
    {
        var (schedule, since, count) = (waiting, operation.Arrival, 0);
        var now = operation.Arrival;
        while (true)
        {
            now += schedule.NextDelay(TimeSpan.FromSeconds(now - since)).TotalSeconds;
            count++;
            if (now >= operation.End)
            {
                return new PollingCost(count, now - operation.End);
            }

            if (now >= operation.Start)
            {
                (schedule, since) = (running, operation.Start);
            }
        }
    }

    private sealed class Depth(QueueDepth met, List<SimulatedOperation> operations)
    {
        private readonly Lazy<Optimum> _optimum = new(() =>
            new Optimum(new MeasuredLifetime("", operations.Select(operation => operation.Sojourn))));

        public QueueDepth Met => met;

        public List<SimulatedOperation> Operations => operations;

        public Optimum Optimum => _optimum.Value;
    }
}
