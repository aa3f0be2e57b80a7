using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>What the workers of all kinds share in one process.</summary>
internal sealed record WorkerServices(
    IOperationStatusStore Store,
    StoreCircuitBreaker Circuit,
    WorkerHealth Health,
    DurationRecorder Durations,
    OperationMetrics Metrics,
    IOptionsMonitor<OperationOptions> OperationOptions,
    IOptions<OffloadedPollingOptions> Options,
    TimeProvider Time,
    ILogger<OperationWorker> Logger);
