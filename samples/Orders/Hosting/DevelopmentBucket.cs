using OffloadedPolling;
using OffloadedPolling.Provisioning;

namespace Orders;

/// <summary>
/// Sets up the bucket when a process starts in development. In production, use a template or an administrator's credentials instead: see
/// docs/how-to/bucket-and-queues.md.
/// </summary>
internal sealed partial class DevelopmentBucket(StatusBucket bucket, TimeProvider time, ILogger<DevelopmentBucket> logger) : IHostedService
{
    // Longer than S3 needs, and short enough for a developer to wait.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(20);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            LogSetUp(logger, await bucket.ApplyAsync(either.Token));
        }
        catch (Exception failed)
            when (failed is OffloadedPollingException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The health check reports a store that cannot be reached.
            LogNotSetUp(logger, failed);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "{Report}")]
    private static partial void LogSetUp(ILogger logger, ProvisioningReport report);

    [LoggerMessage(2, LogLevel.Warning, "The bucket could not be set up. The start continues.")]
    private static partial void LogNotSetUp(ILogger logger, Exception cause);
}
