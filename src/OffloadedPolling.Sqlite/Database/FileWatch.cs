using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Checks every few seconds that the open file is still the one under its path, so that a process that writes nothing notices too.
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
            // The host stops.
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
            // A lost file is logged where it is noticed. Whatever else it was, the next operation reports it.
        }
    }
}
