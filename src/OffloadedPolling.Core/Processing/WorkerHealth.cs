using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Processing;

/// <summary>The guards that keep workers from receiving messages that they could not process.</summary>
internal sealed class WorkerHealth(
    StoreCircuitBreaker circuit,
    IOperationStatusStore store,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    ILogger<OperationWorker> logger) : IWorkerHealth
{
    private readonly ConcurrentBag<OrphanDetector> _detectors = [];

    public StoreCircuitBreaker Circuit => circuit;

    public string? Problem => _detectors.IsEmpty
        ? null
        : _detectors.Select(detector => detector.Problem).Append(circuit.Problem).FirstOrDefault(problem => problem is not null);

    /// <summary>Creates the detector of a worker that starts.</summary>
    public OrphanDetector DetectorOf(string kind)
    {
        var detector = new OrphanDetector(kind, store, options.Value.Retention, time, logger);
        _detectors.Add(detector);
        return detector;
    }
}
