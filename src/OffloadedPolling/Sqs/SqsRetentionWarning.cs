using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Sqs;

/// <summary>
/// Warns, at the start, of a queue that keeps messages for longer than their documents stay. Beside the start, which does not wait for SQS.
/// </summary>
internal sealed class SqsRetentionWarning(
    OperationKinds kinds,
    SqsQueueAttributes attributes,
    SettingsSection settings,
    IOptions<OffloadedPollingOptions> options,
    ILogger<SqsRetentionWarning> logger) : BackgroundService
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(kinds.All.Select(kind => WarnAsync(kind.Name, stoppingToken)));

    private async Task WarnAsync(string kind, CancellationToken stop)
    {
        try
        {
            var retention = options.Value.Retention;
            if (await attributes.GetAsync(kind, _patience, stop).ConfigureAwait(false) is { Retention: { } queues } && queues > retention)
            {
                Log.RetentionShorterThanQueues(logger, retention, settings.NameOf(nameof(OffloadedPollingOptions.Retention)), kind, queues);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped before the queue had answered.
        }
    }
}
