using System.Diagnostics.Metrics;

namespace OffloadedPolling.Diagnostics;

/// <summary>
/// What is observed of one kind: its handlers, and how long its queue was when this process last asked for an estimate. Nothing is asked
/// for the sake of telling it.
/// </summary>
internal sealed class KindMetrics
{
    // As long as SQS's own counts take to settle.
    private static readonly TimeSpan _maxDepthAge = TimeSpan.FromMinutes(1);

    private readonly OperationMetrics _metrics;

    private readonly KeyValuePair<string, object?> _kind;

    private readonly Lock _lock = new();

    private int _running;

    private int? _limit;

    private bool _hasHadWorker;

    private QueueDepth _depth;

    private long? _depthSeenAt;

    public KindMetrics(string kind, OperationMetrics metrics)
    {
        (_metrics, _kind) = (metrics, new(TagNames.Kind, kind));
        metrics.Observe(this);
    }

    /// <summary>Gets how many handlers run, from the start of the first worker on.</summary>
    public IEnumerable<Measurement<int>> Running => _hasHadWorker ? [new(Volatile.Read(ref _running), _kind)] : [];

    /// <summary>Gets how many handlers may run at once, while there is a worker.</summary>
    public IEnumerable<Measurement<int>> Limit => _limit is { } limit ? [new(limit, _kind)] : [];

    /// <summary>Gets how long the queue was; nothing where that is unknown or older than a minute.</summary>
    public IEnumerable<Measurement<int>> Depth
    {
        get
        {
            lock (_lock)
            {
                return _depthSeenAt is { } seenAt && _metrics.Time.GetElapsedTime(seenAt) <= _maxDepthAge
                    ? [
                        new(_depth.Waiting, _kind, new(TagNames.MessageState, "waiting")),
                        new(_depth.InFlight, _kind, new(TagNames.MessageState, "in_flight"))]
                    : [];
            }
        }
    }

    public void WorkerStarted(int limit) => (_limit, _hasHadWorker) = (limit, true);

    public void WorkerStopped() => _limit = null;

    public void HandlerBegan() => Interlocked.Increment(ref _running);

    public void HandlerEnded() => Interlocked.Decrement(ref _running);

    public void SawDepth(QueueDepth depth)
    {
        lock (_lock)
        {
            (_depth, _depthSeenAt) = (depth, _metrics.Time.GetTimestamp());
        }
    }
}
