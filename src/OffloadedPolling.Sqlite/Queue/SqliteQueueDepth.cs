using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Sqlite;

/// <summary>The number of messages of each kind, read at most once a second.</summary>
internal sealed class SqliteQueueDepth(SqliteDatabase database, TimeProvider time, ILogger<SqliteQueueDepth> logger)
{
    // A message in its last delivery is in flight, although it has no deliveries left.
    private const string Count = $"""
        SELECT
            coalesce((SELECT alive FROM message_counts WHERE kind = $kind), 0),
            count(*),
            count(*) FILTER (WHERE {MessageVisibility.IsAlive})
        FROM messages WHERE kind = $kind AND {MessageVisibility.IsInFlight}
        """;

    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(1);

    // An old depth plus all messages sent since would show an empty queue as full.
    private static readonly TimeSpan _unknownAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Counted> _byKind = new(StringComparer.Ordinal);

    public QueueDepth? Get(string kind)
    {
        var counted = _byKind.GetOrAdd(kind, static _ => new Counted());
        lock (counted)
        {
            if (counted.TriedAt is not { } tried || time.GetElapsedTime(tried) >= _maxAge)
            {
                counted.TriedAt = time.GetTimestamp();
                if (Read(kind) is { } now)
                {
                    (counted.Depth, counted.At, counted.SentSince) = (now, counted.TriedAt.Value, 0);
                }
            }

            // A burst of accepts can end before the messages are counted again.
            return counted.Depth is { } depth && time.GetElapsedTime(counted.At) <= _unknownAfter
                ? depth with { Waiting = depth.Waiting + counted.SentSince }
                : null;
        }
    }

    /// <summary>Counts a message that was sent.</summary>
    public void CountSent(string kind)
    {
        if (_byKind.TryGetValue(kind, out var counted))
        {
            lock (counted)
            {
                counted.SentSince++;
            }
        }
    }

    private QueueDepth? Read(string kind)
    {
        try
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            return database.Readers.Read((kind, now), Read);
        }
        catch (Exception failed) when (SqliteErrors.Is(failed))
        {
            Log.QueueDepthUnknown(logger, kind, failed);
            return null;
        }
    }

    private static QueueDepth? Read(SqliteSession session, (string Kind, long Now) query) => session.ReadFirst(
        Count,
        row => new QueueDepth(Math.Max(row.GetInt32(0) - row.GetInt32(2), 0), row.GetInt32(1)),
        ("$kind", query.Kind),
        ("$now", query.Now));

    private sealed class Counted
    {
        public long? TriedAt { get; set; }

        public long At { get; set; }

        public QueueDepth? Depth { get; set; }

        public int SentSince { get; set; }
    }
}
