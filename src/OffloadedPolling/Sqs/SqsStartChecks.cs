using Amazon.Runtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Sqs;

/// <summary>
/// Stops the start if a queue is not in the region of the SQS client. The client sends all requests to its own region, where the queue does
/// not exist.
/// </summary>
internal sealed class SqsRegions(IOperationQueue queue, SqsConnection sqs, OperationKinds kinds) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The host's own queue or client may support other regions.
        var wrong = queue is SqsOperationQueue
            && sqs.Client is AmazonServiceClient ? kinds.All.Select(WrongWith).OfType<string>().ToList() : [];
        return wrong.Count == 0 ? Task.CompletedTask : throw new OperationQueueException(string.Join(' ', wrong));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string? WrongWith(OperationKind kind) => Mismatch(sqs.QueueUrl(kind.Name), sqs.Client.Config) is var (what, whatToDo)
        ? $"The queue '{sqs.QueueUrl(kind.Name)}' of kind '{kind.Name}' cannot be used: {what}. {whatToDo}"
        : null;

    /// <summary>
    /// Returns a region mismatch and what to do, or <see langword="null"/> if there is none or the URL does not contain a region.
    /// </summary>
    public static (string What, string WhatToDo)? Mismatch(string queueUrl, IClientConfig? config)
    {
        var ofClient = string.IsNullOrEmpty(config?.ServiceURL) ? config?.RegionEndpoint?.SystemName : null;
        var ofQueue = Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) ? QueueArn.RegionOf(url.Host) : null;
        return ofClient is null || ofQueue is null || ofClient == ofQueue
            ? null
            : ($"the queue is in the region '{ofQueue}', and the SQS client's region is '{ofClient}'",
                $"Set AWS_REGION to '{ofQueue}', correct QueueUrl, or register an IAmazonSQS for the queue's region.");
    }
}

/// <summary>
/// Logs a warning if a queue keeps messages for longer than documents. Runs in the background, so that the start does not wait for SQS.
/// </summary>
internal sealed class SqsRetentionWarning(
    OperationKinds kinds, SqsQueueAttributes attributes, SettingsSection settings, IOptions<OffloadedPollingOptions> options,
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
            // The host stopped before SQS responded.
        }
    }
}
