using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>The services that a kind needs in one process.</summary>
internal sealed class SteppedServices(SteppedPorts ports, SteppedTime time, ModelSettings settings) : IServiceProvider
{
    private readonly Dictionary<Type, object> _services = new()
    {
        [typeof(TimeProvider)] = time,
        [typeof(IOperationQueue)] = ports,
        [typeof(IWaitTimeEstimator)] = ports,
        [typeof(OperationMetrics)] = Sequence.Metrics,
        [typeof(IOptionsMonitor<OperationOptions>)] = settings,
        [typeof(IOptions<OffloadedPollingOptions>)] = Options.Create(new OffloadedPollingOptions()),
        [typeof(ILogger<AcceptGate>)] = NullLogger<AcceptGate>.Instance,
        [typeof(ILogger<CheckedEstimator>)] = NullLogger<CheckedEstimator>.Instance,
        [typeof(ILogger<WorkDurations>)] = NullLogger<WorkDurations>.Instance,
        [typeof(ILogger<DurationRecorder>)] = NullLogger<DurationRecorder>.Instance,
    };

    public object? GetService(Type serviceType) => _services.GetValueOrDefault(serviceType);
}
