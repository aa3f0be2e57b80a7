using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OffloadedPolling.Diagnostics;

/// <summary>What this process did, as numbers. Each process counts what it did itself: an end is counted where it was written.</summary>
internal sealed class OperationMetrics : IDisposable
{
    private const string Prefix = "offloaded_polling.";

    // From what nobody waits for to what runs for a day.
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

    /// <param name="time">The clock that the age of a queue's depth is measured by.</param>
    /// <param name="factory">The host's; without one, the meter is this object's own.</param>
    public OperationMetrics(TimeProvider time, IMeterFactory? factory = null)
    {
        var options = new MeterOptions(OffloadedPollingInstrumentation.MeterName) { Version = OffloadedPollingInstrumentation.Version };
        Time = time;
        _isOwn = factory is null;
        _meter = factory?.Create(options) ?? new Meter(options);
        _accepted = Counter("operations.accepted", "{operation}", "Operations accepted: stored, queued, and their status URL issued.");
        _ended = Counter("operations.ended", "{operation}", "Operations whose terminal status this process wrote.");
        _timeToStart = Seconds("operation.time_to_start", "From the accept until a worker took the operation.");
        _duration = Seconds("operation.duration", "From the accept until the terminal status.");
        _run = Seconds("operation.run.duration", "From when a worker took the operation until its end was written.");
        _estimateError = Seconds("estimate.error", "How far the end was from the median that the accept told.");
        _writes = Counter("status.writes", "{write}", "Tries to write a status document.");
        _renewed = Counter("urls.renewed", "{url}", "Status URLs that callers renewed.");
        _meter.CreateObservableUpDownCounter(Prefix + "worker.handlers", Running, "{handler}", "Handlers that run.");
        _meter.CreateObservableUpDownCounter(Prefix + "worker.handlers.limit", Limits, "{handler}", "Handlers that may run at once.");
        _meter.CreateObservableGauge(
            Prefix + "queue.depth", Depths, "{message}", "Messages of the kind's queue, as last seen by this process.");
    }

    public TimeProvider Time { get; }

    /// <summary>Observes a kind from now on.</summary>
    public void Observe(KindMetrics kind) => _kinds.Enqueue(kind);

    public void Accepted(string kind, bool repeated)
    {
        if (_accepted.Enabled)
        {
            _accepted.Add(1, new(TagNames.Kind, kind), new(TagNames.Repeated, repeated));
        }
    }

    /// <summary>Takes one try to write a document.</summary>
    public void Wrote(OperationStatus wanted, string outcome)
    {
        if (_writes.Enabled)
        {
            _writes.Add(1, Kind(wanted), State(wanted), new(TagNames.WriteOutcome, outcome));
        }
    }

    /// <summary>Takes what a written document changed: an operation that began, or ended.</summary>
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

    /// <summary>Takes the end of a run whose end is written.</summary>
    /// <param name="ended">The document as written.</param>
    /// <param name="elapsed">Since the operation was taken.</param>
    /// <param name="waited">The document as it waited; <see langword="null"/> if an earlier run had taken it.</param>
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

    /// <summary>Takes an end that was written, as it turned out, by a write that had seemed to fail.</summary>
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

    private Counter<long> Counter(string name, string unit, string description) =>
        _meter.CreateCounter<long>(Prefix + name, unit, description);

    private Histogram<double> Seconds(string name, string description) =>
        _meter.CreateHistogram(Prefix + name, "s", description, tags: null, _seconds);

    private IEnumerable<Measurement<int>> Running() => _kinds.SelectMany(kind => kind.Running);

    private IEnumerable<Measurement<int>> Limits() => _kinds.SelectMany(kind => kind.Limit);

    private IEnumerable<Measurement<int>> Depths() => _kinds.SelectMany(kind => kind.Depth);
}
