using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>The hosted loops that receive dead letters, one for each kind with a dead-letter queue.</summary>
internal sealed class DeadLetterReader(
    OperationKinds kinds,
    IDeadLetterQueue queue,
    DeadLetterProcessor processor,
    TimeProvider time,
    ILogger<DeadLetterReader> logger,
    PushDelivery? push = null) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => push is not null
        ? Task.CompletedTask
        : Task.WhenAll(kinds.All.Where(kind => queue.IsKnown(kind.Name)).Select(kind => ReadAsync(kind.Name, stoppingToken)));

    private async Task ReadAsync(string kind, CancellationToken stop)
    {
        // Each letter has a trace of its own; that of the host's start, if it has one, is over.
        Activity.Current = null;
        Log.DeadLetterReaderStarted(logger, kind);
        await Backoff.RepeatAsync(
            time, () => ReceiveAsync(kind, stop), failed => Log.DeadLettersNotReceived(logger, kind, failed), stop).ConfigureAwait(false);
    }

    private async Task ReceiveAsync(string kind, CancellationToken stop)
    {
        await processor.WaitForStoreAsync(stop).ConfigureAwait(false);
        var askedAt = time.GetUtcNow();
        var letters = await queue.ReceiveAsync(kind, stop).ConfigureAwait(false);
        ReceiveActivity.Record(OperationActivities.DeadLettersOf(kind), kind, queue.MessagingSystem, letters, askedAt, time.GetUtcNow());
        await Task.WhenAll(letters.Select(letter => processor.ProcessAsync(kind, letter, delete: true, stop))).ConfigureAwait(false);
    }
}
