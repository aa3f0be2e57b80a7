using OffloadedPolling;
using OffloadedPolling.Provisioning;

namespace Orders;

/// <summary>
/// Sets up the bucket at the start of a process in development. Elsewhere that is for a template and for people who may change a bucket,
/// not for a process that serves: see docs/how-to/bucket-and-queues.md.
/// </summary>
internal sealed partial class DevelopmentBucket(StatusBucket bucket, TimeProvider time, ILogger<DevelopmentBucket> logger) : IHostedService
{
    // Longer than S3 takes, shorter than somebody waits for a start.
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
            // A store that cannot be reached makes the process unhealthy, and that is said there.
            LogNotSetUp(logger, failed);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "{Report}")]
    private static partial void LogSetUp(ILogger logger, ProvisioningReport report);

    [LoggerMessage(2, LogLevel.Warning, "The bucket could not be set up. The start goes on without.")]
    private static partial void LogNotSetUp(ILogger logger, Exception cause);
}
