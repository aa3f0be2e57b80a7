namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>Operations that arrive at random, wait for one of a number of slots, and take what they take: an M/G/c queue.</summary>
internal static class SimulatedQueue
{
    /// <summary>Runs it for a number of operations.</summary>
    /// <param name="slots">How many run at once.</param>
    /// <param name="count">How many arrive.</param>
    /// <param name="arrivals">How many arrive in a second, at a time.</param>
    /// <param name="duration">What one takes that begins at a time.</param>
    /// <param name="random">Chance.</param>
    /// <returns>The operations in the order of their arrival.</returns>
    public static List<SimulatedOperation> Run(
        int slots, int count, Func<double, double> arrivals, Func<double, double> duration, Random random)
    {
        var operations = new List<SimulatedOperation>(count);
        var free = new PriorityQueue<double, double>(Enumerable.Repeat((0d, 0d), slots));
        var now = 0d;
        for (var i = 0; i < count; i++)
        {
            now += -Math.Log(1 - random.NextDouble()) / arrivals(now);
            var start = Math.Max(now, free.Dequeue());
            var end = start + duration(start);
            free.Enqueue(end, end);
            operations.Add(new SimulatedOperation(now, start, end));
        }

        return operations;
    }

    /// <summary>What the queue holds at a time.</summary>
    /// <param name="operations">The operations in the order of their arrival.</param>
    /// <param name="arrived">How many have arrived by then.</param>
    /// <param name="now">The time.</param>
    public static QueueDepth DepthAt(IReadOnlyList<SimulatedOperation> operations, int arrived, double now)
    {
        var (waiting, running) = (0, 0);
        // None is under way for so many arrivals.
        for (var i = Math.Max(0, arrived - 1000); i < arrived; i++)
        {
            waiting += operations[i].Start > now ? 1 : 0;
            running += operations[i].Start <= now && operations[i].End > now ? 1 : 0;
        }

        return new QueueDepth(waiting, running);
    }
}
