using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.S3;

/// <summary>
/// Refuses the start on an S3 server that ignores the conditions of writes. A server that does not answer does not stop the start: the
/// health check goes on asking.
/// </summary>
internal sealed class S3ConditionsStart(
    S3Connection s3,
    S3WriteProbe probe,
    TimeProvider time,
    ILogger<S3ConditionsStart> logger) : IHostedService
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // AWS's own endpoints heed them, and nothing should slow a cold start down.
        if (s3.CustomAddress is null || await FindIgnoredAsync(cancellationToken).ConfigureAwait(false) is not { } ignored)
        {
            return;
        }

        var problem = probe.Explain(ignored);
        if (probe.IsRequired)
        {
            throw new OperationStoreException(problem);
        }

        Log.ConditionsIgnored(logger, problem);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> FindIgnoredAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await probe.RunAsync(both.Token).ConfigureAwait(false);
        }
        catch (Exception failed)
            when (failed is OperationStoreException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Log.ConditionsUnknown(logger, s3.CustomAddress, failed);
            return null;
        }
    }
}
