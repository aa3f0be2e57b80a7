using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OffloadedPolling.Diagnostics;

/// <summary>How many handlers run in this process, and how many may.</summary>
internal sealed class RunningHandlers
{
    private readonly ConcurrentDictionary<string, Tally> _running = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, int> _limits = new(StringComparer.Ordinal);

    public RunningHandlers(Meter meter)
    {
        meter.CreateObservableUpDownCounter(
            "offloaded_polling.worker.handlers", () => _running.Select(kind => Of(kind.Key, Volatile.Read(ref kind.Value.Count))), "{handler}", "Handlers that run.");
        meter.CreateObservableUpDownCounter(
            "offloaded_polling.worker.handlers.limit", () => _limits.Select(kind => Of(kind.Key, kind.Value)), "{handler}", "Handlers that may run at once.");
    }

    /// <summary>Tells that a worker of a kind has started.</summary>
    public void Limit(string kind, int limit)
    {
        _limits[kind] = limit;
        _ = _running.GetOrAdd(kind, static _ => new Tally());
    }

    /// <summary>Tells that it has stopped.</summary>
    public void Unlimit(string kind) => _limits.TryRemove(kind, out _);

    public void Begin(string kind) => Interlocked.Increment(ref _running.GetOrAdd(kind, static _ => new Tally()).Count);

    public void End(string kind) => Interlocked.Decrement(ref _running[kind].Count);

    private static Measurement<int> Of(string kind, int value) => new(value, new KeyValuePair<string, object?>(TagNames.Kind, kind));

    private sealed class Tally
    {
        public int Count;
    }
}
