using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Checks every few seconds that the open file is still the file at its path, so that a process that only reads also notices.
/// </summary>
internal sealed class FileWatch(SqliteDatabase database, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await CheckAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.CheckPresenceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // FilePresence logs a lost file. The next operation reports any other error.
        }
    }
}
