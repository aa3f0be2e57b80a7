using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Processing;

/// <summary>What the workers of all kinds share in one process.</summary>
internal sealed record WorkerServices(
    IOperationStatusStore Store,
    StoreCircuitBreaker Circuit,
    WorkerHealth Health,
    IOptions<OffloadedPollingOptions> Options,
    TimeProvider Time,
    ILogger<OperationWorker> Logger);
