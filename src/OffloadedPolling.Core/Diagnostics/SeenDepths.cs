using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OffloadedPolling.Diagnostics;

/// <summary>
/// How long the kinds' queues were when this process last asked for an estimate. Nothing is asked for the sake of telling it: what is unknown,
/// or older than a minute, is absent.
/// </summary>
internal sealed class SeenDepths
{
    // As long as SQS's own counts take to settle.
    private static readonly TimeSpan _maxAge = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Seen> _byKind = new(StringComparer.Ordinal);

    private readonly TimeProvider _time;

    public SeenDepths(Meter meter, TimeProvider time)
    {
        _time = time;
        meter.CreateObservableGauge("offloaded_polling.queue.depth", Observe, "{message}", "Messages of the kind's queue, as last seen by this process.");
    }

    public void See(string kind, QueueDepth depth) =>
        See(kind, depth, _time.GetTimestamp());

    private void See(string kind, QueueDepth depth, long at) =>
        _byKind.GetOrAdd(kind, static (_, first) => new Seen(first.depth, first.at), (depth, at)).Set(depth, at);

    private IEnumerable<Measurement<int>> Observe()
    {
        foreach (var (kind, seen) in _byKind)
        {
            var (depth, at) = seen.Get();
            if (_time.GetElapsedTime(at) <= _maxAge)
            {
                yield return Of(kind, "waiting", depth.Waiting);
                yield return Of(kind, "in_flight", depth.InFlight);
            }
        }
    }

    private static Measurement<int> Of(string kind, string state, int messages) =>
        new(messages, new(TagNames.Kind, kind), new(TagNames.MessageState, state));

    private sealed class Seen(QueueDepth depth, long at)
    {
        private readonly Lock _lock = new();

        private QueueDepth _depth = depth;

        private long _at = at;

        public void Set(QueueDepth depth, long at)
        {
            lock (_lock)
            {
                (_depth, _at) = (depth, at);
            }
        }

        public (QueueDepth Depth, long At) Get()
        {
            lock (_lock)
            {
                return (_depth, _at);
            }
        }
    }
}
