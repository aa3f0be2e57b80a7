using Amazon.Runtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Accepting;

namespace OffloadedPolling.Sqs;

/// <summary>
/// Refuses the start when a queue is in another region than the SQS client, which sends all requests to its own region and is told there
/// that the queue does not exist.
/// </summary>
internal sealed class SqsRegions(IOperationQueue queue, SqsConnection sqs, OperationKinds kinds) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A queue or a client of the host's own may know its way.
        var wrong = queue is SqsOperationQueue
            && sqs.Client is AmazonServiceClient ? kinds.All.Select(WrongWith).OfType<string>().ToList() : [];
        return wrong.Count == 0 ? Task.CompletedTask : throw new OperationQueueException(string.Join(' ', wrong));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string? WrongWith(OperationKind kind) => Mismatch(sqs.QueueUrl(kind.Name), sqs.Client.Config) is var (what, whatToDo)
        ? $"The queue '{sqs.QueueUrl(kind.Name)}' of kind '{kind.Name}' cannot be used: {what}. {whatToDo}"
        : null;

    /// <summary>
    /// Returns what is wrong with the region of a queue, or <see langword="null"/> if nothing is, or its URL names no region.
    /// </summary>
    public static (string What, string WhatToDo)? Mismatch(string queueUrl, IClientConfig? config)
    {
        var ofClient = string.IsNullOrEmpty(config?.ServiceURL) ? config?.RegionEndpoint?.SystemName : null;
        var ofQueue = Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) ? QueueArn.RegionOf(url.Host) : null;
        return ofClient is null || ofQueue is null || ofClient == ofQueue
            ? null
            : ($"the queue is in the region '{ofQueue}', and the SQS client's region is '{ofClient}'",
                $"Set AWS_REGION to '{ofQueue}', correct QueueUrl, or register an IAmazonSQS of the queue's region.");
    }
}

/// <summary>
/// Warns, at the start, of a queue that keeps messages for longer than their documents stay. Beside the start, which does not wait for SQS.
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
            // Stopped before the queue had answered.
        }
    }
}
