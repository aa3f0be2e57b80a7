using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OffloadedPolling.Diagnostics;

/// <summary>The instruments. Each process counts its own work: an end is counted by the process that wrote it.</summary>
internal sealed class OperationMetrics : IDisposable
{
    private const string Prefix = "offloaded_polling.";

    // From work that ends immediately to work that takes a day.
    private static readonly InstrumentAdvice<double> _seconds = new()
    {
        HistogramBucketBoundaries =
            [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400],
    };

    private readonly ConcurrentQueue<KindMetrics> _kinds = new();
    private readonly Meter _meter;
    private readonly bool _isOwn;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _timeToStart;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _run;
    private readonly Histogram<double> _estimateError;
    private readonly Counter<long> _writes;
    private readonly Counter<long> _renewed;

    /// <param name="time">The clock that measures the age of a queue's depth.</param>
    /// <param name="factory">The host's factory. Without it, this object creates and disposes of the meter.</param>
    public OperationMetrics(TimeProvider time, IMeterFactory? factory = null)
    {
        var options = new MeterOptions(OffloadedPollingInstrumentation.MeterName) { Version = OffloadedPollingInstrumentation.Version };
        (Time, _isOwn) = (time, factory is null);
        _meter = factory?.Create(options) ?? new Meter(options);
        _accepted = Counter("operations.accepted", "{operation}", "Operations accepted: stored, queued, and their status URL issued.");
        _ended = Counter("operations.ended", "{operation}", "Operations whose terminal status this process wrote.");
        _timeToStart = Seconds("operation.time_to_start", "The time from the accept until a worker started the operation.");
        _duration = Seconds("operation.duration", "The time from the accept until the terminal status.");
        _run = Seconds("operation.run.duration", "The time from the start by a worker until the end was written.");
        _estimateError = Seconds("estimate.error", "The difference between the end and the median that the accept estimated.");
        _writes = Counter("status.writes", "{write}", "Attempts to write a status document.");
        _renewed = Counter("urls.renewed", "{url}", "Status URLs that callers renewed.");
        _meter.CreateObservableUpDownCounter(Prefix + "worker.handlers", Running, "{handler}", "Running handlers.");
        _meter.CreateObservableUpDownCounter(Prefix + "worker.handlers.limit", Limit, "{handler}", "Handlers that can run at once.");
        _meter.CreateObservableGauge(
            Prefix + "queue.depth", Depth, "{message}", "Messages in the kind's queue, as last read by this process.");
    }

    public TimeProvider Time { get; }

    public void Observe(KindMetrics kind) => _kinds.Enqueue(kind);

    public void Accepted(string kind, bool repeated)
    {
        if (_accepted.Enabled)
        {
            _accepted.Add(1, new(TagNames.Kind, kind), new(TagNames.Repeated, repeated));
        }
    }

    public void Wrote(OperationStatus wanted, string outcome)
    {
        if (_writes.Enabled)
        {
            _writes.Add(1, Kind(wanted), State(wanted), new(TagNames.WriteOutcome, outcome));
        }
    }

    /// <summary>Records the change in a written document: an operation started or ended.</summary>
    public void Moved(OperationState before, OperationStatus written)
    {
        if (before == OperationState.NotStarted && written.State == OperationState.Running)
        {
            _timeToStart.Record(Age(written), Kind(written));
        }
        else if (!before.IsTerminal() && written.State.IsTerminal())
        {
            Ended(written);
        }
    }

    /// <summary>Records a run whose end was written, and the error of the estimate in the document before the claim.</summary>
    public void Ran(OperationStatus ended, TimeSpan elapsed, OperationStatus? waited)
    {
        if (_run.Enabled)
        {
            _run.Record(elapsed.TotalSeconds, Kind(ended), State(ended));
        }

        if (_estimateError.Enabled && waited?.Estimate is { } estimate && ended.State != OperationState.Canceled)
        {
            var late = (ended.LastUpdatedAt - waited.LastUpdatedAt - estimate.Median).TotalSeconds;
            _estimateError.Record(Math.Abs(late), Kind(ended), new(TagNames.Direction, late > 0 ? "late" : "early"));
        }
    }

    /// <summary>Records an end. Called directly if a write that seemed to fail had succeeded.</summary>
    public void Ended(OperationStatus written)
    {
        if (_ended.Enabled)
        {
            _ended.Add(1, Kind(written), State(written));
        }

        if (_duration.Enabled)
        {
            _duration.Record(Age(written), Kind(written), State(written));
        }
    }

    public void UrlRenewed(OperationStatus status) => _renewed.Add(1, Kind(status));

    public void Dispose()
    {
        if (_isOwn)
        {
            _meter.Dispose();
        }
    }

    private static KeyValuePair<string, object?> Kind(OperationStatus status) => new(TagNames.Kind, status.Kind);
    private static KeyValuePair<string, object?> State(OperationStatus status) => new(TagNames.Status, status.State.ToString());
    private static double Age(OperationStatus written) => (written.LastUpdatedAt - written.CreatedAt).TotalSeconds;

    private IEnumerable<Measurement<int>> Running() => _kinds.SelectMany(kind => kind.Running);
    private IEnumerable<Measurement<int>> Limit() => _kinds.SelectMany(kind => kind.Limit);
    private IEnumerable<Measurement<int>> Depth() => _kinds.SelectMany(kind => kind.Depth);

    private Counter<long> Counter(string name, string unit, string description) =>
        _meter.CreateCounter<long>(Prefix + name, unit, description);

    private Histogram<double> Seconds(string name, string description) =>
        _meter.CreateHistogram(Prefix + name, "s", description, tags: null, _seconds);
}

/// <summary>The observed values of one kind: its handlers, and its queue's depth as last read. Metrics cause no requests.</summary>
internal sealed class KindMetrics
{
    // SQS's own counts take as long to become consistent.
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

    /// <summary>Gets the number of running handlers; nothing before the first worker starts.</summary>
    public IEnumerable<Measurement<int>> Running => _hasHadWorker ? [new(Volatile.Read(ref _running), _kind)] : [];

    /// <summary>Gets the maximum number of running handlers; nothing without a worker.</summary>
    public IEnumerable<Measurement<int>> Limit => _limit is { } limit ? [new(limit, _kind)] : [];

    /// <summary>Gets the depth of the queue; nothing if it is unknown or older than a minute.</summary>
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
