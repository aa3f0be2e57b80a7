using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>The hosted worker of one kind. If messages are pushed to the process, it does nothing.</summary>
internal sealed class OperationWorker(
    HandlerInvoker invoker, IOperationQueue queue, MessageProcessor processor, WorkerContext context,
    IHostApplicationLifetime? lifetime = null, PushDelivery? push = null) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (push is not null)
        {
            return;
        }

        // When the host starts to stop, not when this service stops: services stop one after another, within one timeout for all.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            stoppingToken, lifetime?.ApplicationStopping ?? CancellationToken.None);
        // Each message has its own trace, and the trace of the host's start has ended.
        Activity.Current = null;
        using var loop = new ReceiveLoop(invoker, queue, processor, context);
        await loop.RunAsync(stopping.Token).ConfigureAwait(false);
    }
}

/// <summary>What the workers of a process share, and their guards against messages that they cannot process.</summary>
internal sealed class WorkerContext(
    StoreCircuitBreaker circuit, IOperationStatusStore store, IOptions<OffloadedPollingOptions> options, TimeProvider time,
    ILogger<OperationWorker> logger) : IWorkerHealth
{
    private readonly ConcurrentBag<OrphanDetector> _detectors = [];

    public StoreCircuitBreaker Circuit => circuit;
    public TimeSpan ShutdownTimeout => options.Value.ShutdownTimeout;
    public TimeProvider Time => time;
    public ILogger Logger => logger;

    public string? Problem => _detectors.IsEmpty
        ? null
        : _detectors.Select(detector => detector.Problem).Append(circuit.Problem).FirstOrDefault(problem => problem is not null);

    public OrphanDetector CreateDetector(string kind)
    {
        var detector = new OrphanDetector(kind, store, options.Value.Retention, time, logger);
        _detectors.Add(detector);
        return detector;
    }
}

/// <summary>Registered if messages are pushed to the process, for example by AWS Lambda. Then no hosted loop receives them.</summary>
internal sealed class PushDelivery;

/// <summary>
/// Logs at start which kinds have no handler here, and which settings belong to no kind of this host. Neither is an error: another process
/// may do the work, and hosts with other kinds may share one configuration.
/// </summary>
internal sealed class KindsStart(
    SettingsSection settings, OperationKinds kinds, IEnumerable<HandlerInvoker> invokers, ILogger<KindsStart> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var known = kinds.All.Select(kind => kind.Name).ToList();
        foreach (var unknown in settings.SectionsOf("Operations").Except(known, StringComparer.OrdinalIgnoreCase))
        {
            Log.SettingsOfUnknownKind(logger, settings.NameOf("Operations", unknown), string.Join(", ", known));
        }

        foreach (var accepted in known.Except(invokers.Select(invoker => invoker.Kind.Name)))
        {
            Log.KindWithoutHandler(logger, accepted);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
