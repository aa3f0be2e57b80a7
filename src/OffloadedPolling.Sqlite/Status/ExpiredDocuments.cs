using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Sqlite;

/// <summary>Deletes documents whose retention is over, as a bucket's lifecycle rule does; never one that a message still waits for.</summary>
internal sealed class ExpiredDocuments(SqliteDatabase database, TimeProvider time, ILogger<ExpiredDocuments> logger) : BackgroundService
{
    // So few that no other write waits long for them.
    private const int MaxBatch = 200;

    private const string Delete = """
        DELETE FROM documents WHERE id IN (
            SELECT id FROM documents
            WHERE expires_at <= $now AND NOT EXISTS (SELECT 1 FROM messages WHERE status_key = documents.id)
            ORDER BY expires_at LIMIT $most)
        """;

    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        do
        {
            await DeleteAsync(stoppingToken).ConfigureAwait(false);
        }
        while (await WaitAsync(timer, stoppingToken).ConfigureAwait(false));
    }

    private async Task DeleteAsync(CancellationToken cancel)
    {
        try
        {
            int deleted;
            do
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                deleted = await database.Writer.WriteAsync(session => session.Execute(Delete, ("$now", now), ("$most", MaxBatch)), cancel).ConfigureAwait(false);
            }
            while (deleted == MaxBatch);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The host stops. What is left is deleted after its next start.
        }
        catch (Exception failed)
        {
            // Whatever it was: it must not end this loop, and with it the host.
            Log.ExpiredNotDeleted(logger, database.Path, failed);
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
