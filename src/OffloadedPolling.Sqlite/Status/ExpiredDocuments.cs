using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Deletes documents whose retention has ended, as a bucket's lifecycle rule does. A document is kept while its message
/// exists, even as a dead letter.
/// </summary>
internal sealed class ExpiredDocuments(SqliteDatabase database, TimeProvider time, ILogger<ExpiredDocuments> logger) : BackgroundService
{
    private const int PageSize = 500;

    // In index order, so that each document is visited once, including those that are kept.
    private const string Select = """
        SELECT id, expires_at, EXISTS (SELECT 1 FROM messages WHERE status_key = documents.id)
        FROM documents WHERE (expires_at, id) > ($after, $after_id) AND expires_at <= $now
        ORDER BY expires_at, id LIMIT $most
        """;

    // Since the document was selected, its message may have been sent or its retention extended.
    private const string Delete = """
        DELETE FROM documents
        WHERE id = $id AND expires_at <= $now AND NOT EXISTS (SELECT 1 FROM messages WHERE status_key = $id)
        """;

    // How long a slice uses the writer before its commit, by the machine's clock, which the writer also uses.
    private static readonly TimeSpan _slice = TimeSpan.FromMilliseconds(5);

    private static readonly TimeProvider _clock = TimeProvider.System;

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

    private async Task DeleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            for (var page = Read(Expired.BeforeAll, now); page.Count > 0; page = page.Count < PageSize ? [] : Read(page[^1], now))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var ids = page.Where(document => !document.IsAwaited).Select(document => document.Id).ToList();
                for (var done = 0; done < ids.Count;)
                {
                    done += await DeleteAsync(ids, done, now, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host is stopping. The rest is deleted after its next start.
        }
        catch (Exception failed)
        {
            // No exception may end this loop, because that would stop the host.
            Log.ExpiredNotDeleted(logger, database.Path, failed);
        }
    }

    private List<Expired> Read(Expired after, long now) => database.Readers.Read((after, now), ReadPage);

    private static List<Expired> ReadPage(SqliteSession session, (Expired After, long Now) query) => session.ReadAll(
        Select,
        row => new Expired(row.GetString(0), row.GetInt64(1), row.GetBoolean(2)),
        ("$after", query.After.ExpiresAt),
        ("$after_id", query.After.Id),
        ("$now", query.Now),
        ("$most", PageSize));

    // Reading does not use the writer, and deleting releases it after each slice, so others wait for at most one slice.
    private Task<int> DeleteAsync(List<string> ids, int from, long now, CancellationToken cancellationToken) =>
        database.Writer.WriteAsync(session => DeleteSlice(session, ids, from, now), cancellationToken);

    private static int DeleteSlice(SqliteSession session, List<string> ids, int from, long now)
    {
        var startedAt = _clock.GetTimestamp();
        var next = from;
        do
        {
            session.Execute(Delete, ("$id", ids[next++]), ("$now", now));
        }
        while (next < ids.Count && _clock.GetElapsedTime(startedAt) < _slice);
        return next - from;
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

    /// <param name="Id">The operation's ID.</param>
    /// <param name="ExpiresAt">The time at which its retention ended, in Unix milliseconds.</param>
    /// <param name="IsAwaited">Whether a message for the document still exists.</param>
    private sealed record Expired(string Id, long ExpiresAt, bool IsAwaited)
    {
        public static Expired BeforeAll { get; } = new("", long.MinValue, true);
    }
}
