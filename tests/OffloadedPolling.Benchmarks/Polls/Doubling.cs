using OffloadedPolling.Benchmarks.Polls.Lifetimes;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Benchmarks.Polls;

/// <summary>
/// Simulates a host and its workers when the load or the durations double, and measures how many operations end before the upper bound of
/// their estimate. As in a host, profiles are written and read every 30 s, and the queue's depth is read every 5 s.
/// </summary>
internal static class Doubling
{
    private const int Slots = 4;

    // The load is 0.4 before the change and 0.8 after it.
    private const double Arrivals = 0.4 * Slots / 10;

    private const double DoublesAt = 6000;

    private const int Before = 960;

    private const int Skipped = 100;

    private const int Counted = 300;

    private const double ProfileInterval = 30;

    private const double DepthInterval = 5;

    /// <summary>Returns the share that ends in time, counted from 100 operations and two profile intervals after the change.</summary>
    public static double DoneBeforeUpper(bool loadDoubles, bool durationsDouble, int seed)
    {
        var random = new Random(seed);
        var work = new LogNormalLifetime(10, 0.5);
        var operations = SimulatedQueue.Run(
            Slots,
            Before + (4 * (Skipped + Counted)),
            now => now >= DoublesAt && loadDoubles ? 2 * Arrivals : Arrivals,
            now => work.Sample(random) * (now >= DoublesAt && durationsDouble ? 2 : 1),
            random);
        var ends = operations.OrderBy(operation => operation.End).ToList();

        var host = new Host(operations, ends);
        var (inTime, counted, seen) = (0, 0, 0);
        for (var i = 0; i < operations.Count && counted < Counted; i++)
        {
            var operation = operations[i];
            var estimate = host.Accept(i);
            seen += operation.Arrival >= DoublesAt ? 1 : 0;
            if (seen > Skipped && operation.Arrival > DoublesAt + (2 * ProfileInterval))
            {
                counted++;
                inTime += operation.Sojourn <= estimate!.Upper.TotalSeconds ? 1 : 0;
            }
        }

        return counted == Counted ? (double)inTime / counted : throw new InvalidOperationException("The run was too short.");
    }

    private sealed class Host(List<SimulatedOperation> operations, List<SimulatedOperation> ends)
    {
        private DurationProfile _stored = DurationProfile.Empty;

        private DurationProfile _read = DurationProfile.Empty;

        private OperationEstimate? _work;

        private DurationMoments _moments;

        private QueueDepth _depth;

        private double _writtenAt, _readAt = double.NegativeInfinity, _depthAt = double.NegativeInfinity;

        private int _measured;

        public OperationEstimate? Accept(int index)
        {
            var now = operations[index].Arrival;
            for (; _writtenAt + ProfileInterval <= now; _writtenAt += ProfileInterval)
            {
                Write(_writtenAt + ProfileInterval);
            }

            if (now - _readAt >= ProfileInterval)
            {
                (_read, _readAt) = (_stored, now);
                (_work, _moments) = ProfileEstimate.Combine(_read, null);
            }

            if (now - _depthAt >= DepthInterval)
            {
                (_depth, _depthAt) = (SimulatedQueue.DepthAt(operations, index, now), now);
            }

            return _work is null ? null : QueueWait.Estimate(_work, _moments, _depth, _read.Slots(At(now)));
        }

        private void Write(double now)
        {
            var measured = new DurationHistogram();
            for (; _measured < ends.Count && ends[_measured].End <= now; _measured++)
            {
                measured.Add(TimeSpan.FromSeconds(ends[_measured].End - ends[_measured].Start));
            }

            _stored = _stored.With(measured, "a-worker", Slots, At(now));
        }

        private static DateTimeOffset At(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);
    }
}
