using OffloadedPolling.Benchmarks.Polls.Lifetimes;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>
/// Polls for the operations of a real queue: the estimate of the accept is made from the queue's depth at that moment, and the worker's,
/// from its start on, from the durations alone; the poller takes what the document says when it polls. The optimum knows the depth at the
/// accept and how long the operations that met the same depth took in truth; it does not see them start.
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

    /// <summary>What the work takes.</summary>
    public Lifetime Durations { get; }

    /// <summary>What the operations take, with their waits.</summary>
    public MeasuredLifetime All { get; }

    /// <summary>The polls of the schedule at a target, beside the optimum at the same mean delay for each depth and all in all.</summary>
    /// <param name="work">What the library believes that the work takes.</param>
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

    /// <summary>The same, at the target where the mean delay all in all is the wanted one.</summary>
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
