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
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan _longestRetry = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => push is not null
        ? Task.CompletedTask
        : Task.WhenAll(kinds.All.Where(kind => queue.IsKnown(kind.Name)).Select(kind => ReadAsync(kind.Name, stoppingToken)));

    private async Task ReadAsync(string kind, CancellationToken stop)
    {
        // Each letter has a trace of its own; that of the host's start, if it has one, is over.
        Activity.Current = null;
        Log.DeadLetterReaderStarted(logger, kind);
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await processor.WaitForStoreAsync(stop).ConfigureAwait(false);
                var askedAt = time.GetUtcNow();
                var letters = await queue.ReceiveAsync(kind, stop).ConfigureAwait(false);
                ReceiveActivity.Record(OperationActivities.DeadLettersOf(kind), kind, queue.MessagingSystem, letters, askedAt, time.GetUtcNow());
                await Task.WhenAll(letters.Select(letter => processor.ProcessAsync(kind, letter, delete: true, stop))).ConfigureAwait(false);
                failures = 0;
            }
            catch (Exception failed)
            {
                if (failed is OperationCanceledException && stop.IsCancellationRequested)
                {
                    return;
                }

                // Whatever it was: a reader that has stopped for it would read nothing until somebody notices.
                Log.DeadLettersNotReceived(logger, kind, failed);
                await Backoff.DelayAsync(time, ++failures, stop, _firstRetry, _longestRetry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
