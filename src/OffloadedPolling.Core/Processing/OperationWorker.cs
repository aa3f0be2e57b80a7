using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.Processing;

/// <summary>The hosted worker of one kind. In a function whose messages come as events it does nothing.</summary>
internal sealed class OperationWorker(
    HandlerRunner runner,
    IOperationQueue queue,
    MessageProcessor processor,
    WorkerServices services,
    IHostApplicationLifetime? lifetime = null,
    MessagesByEvents? byEvents = null) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (byEvents is not null)
        {
            return;
        }

        // With the host, not when its turn comes: a host stops its services one after another, within one time for all.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            stoppingToken, lifetime?.ApplicationStopping ?? CancellationToken.None);
        // Each message has a trace of its own; that of the host's start, if it has one, is over.
        Activity.Current = null;
        using var loop = new ReceiveLoop(runner, queue, processor, services);
        await loop.RunAsync(stopping.Token).ConfigureAwait(false);
    }
}
