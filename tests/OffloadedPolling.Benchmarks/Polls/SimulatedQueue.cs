namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>An M/G/c queue: operations arrive at random and wait for one of several slots.</summary>
internal static class SimulatedQueue
{
    /// <summary>Runs the queue for a number of operations.</summary>
    /// <param name="slots">How many run at once.</param>
    /// <param name="count">How many arrive.</param>
    /// <param name="arrivals">Returns how many arrive per second at a time.</param>
    /// <param name="duration">Returns the duration of an operation that starts at a time.</param>
    /// <param name="random">The random numbers.</param>
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

    /// <summary>Returns the depth of the queue at a time.</summary>
    /// <param name="operations">The operations in the order of their arrival.</param>
    /// <param name="arrived">How many have arrived by then.</param>
    /// <param name="now">The time.</param>
    public static QueueDepth DepthAt(IReadOnlyList<SimulatedOperation> operations, int arrived, double now)
    {
        var (waiting, running) = (0, 0);
        // No operation is in progress for so many arrivals.
        for (var i = Math.Max(0, arrived - 1000); i < arrived; i++)
        {
            waiting += operations[i].Start > now ? 1 : 0;
            running += operations[i].Start <= now && operations[i].End > now ? 1 : 0;
        }

        return new QueueDepth(waiting, running);
    }
}
