using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Processing;

/// <summary>The hosted worker of one kind. Where messages are pushed to the process, it does nothing.</summary>
internal sealed class OperationWorker(
    HandlerInvoker invoker,
    IOperationQueue queue,
    MessageProcessor processor,
    WorkerServices services,
    IHostApplicationLifetime? lifetime = null,
    PushDelivery? push = null) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (push is not null)
        {
            return;
        }

        // With the host, not when its turn comes: a host stops its services one after another, within one time for all.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            stoppingToken, lifetime?.ApplicationStopping ?? CancellationToken.None);
        // Each message has a trace of its own; that of the host's start, if it has one, is over.
        Activity.Current = null;
        using var loop = new ReceiveLoop(invoker, queue, processor, services);
        await loop.RunAsync(stopping.Token).ConfigureAwait(false);
    }
}

/// <summary>What the workers of all kinds share in one process.</summary>
internal sealed record WorkerServices(
    WorkerHealth Health,
    IOptions<OffloadedPollingOptions> Options,
    TimeProvider Time,
    ILogger<OperationWorker> Logger);

/// <summary>Registered where messages are pushed to the process, as AWS Lambda does: no hosted loop receives them.</summary>
internal sealed class PushDelivery;
