using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>Operations as rows, received in the order they were sent, with a visibility timeout as in SQS.</summary>
internal sealed class SqliteOperationQueue(
    SqliteDatabase database, SqliteQueueDepth depth, IOptionsMonitor<OperationOptions> options, TimeProvider time) : IOperationQueue
{
    // As in SQS, so that a host can move there.
    private const int MaxBatch = 10;

    private const string Insert =
        "INSERT INTO messages (kind, status_key, trace_parent, body) VALUES ($kind, $status_key, $trace_parent, $body)";

    private const string Peek = $"SELECT 1 FROM messages WHERE kind = $kind AND {MessageVisibility.IsVisible} ORDER BY id LIMIT 1";

    private const string Receive = $"""
        UPDATE messages SET visible_at = $visible_again_at, received_at = $now, receive_count = receive_count + 1
        WHERE id IN (SELECT id FROM messages WHERE kind = $kind AND {MessageVisibility.IsVisible} ORDER BY id LIMIT $most)
        RETURNING id, receive_count, status_key, trace_parent, body
        """;

    private const string IsDelivery = "id = $id AND receive_count = $receive_count";

    // Also when its time is over and nobody has received it meanwhile. One that was given back is anybody's.
    private const string Extend = $"UPDATE messages SET visible_at = $visible_again_at, received_at = $now WHERE {IsDelivery} AND visible_at > 0";

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(20);

    // How soon messages that other processes send are seen. A look costs some 20 microseconds.
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly ArrivalSignal _arrivals = new();

    public int MaxMessageBytes => 1024 * 1024;

    public async Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancel)
    {
        await WriteAsync("send to", kind, session => session.Execute(
            Insert, ("$kind", kind), ("$status_key", message.StatusKey), ("$trace_parent", message.TraceParent), ("$body", message.Body)), cancel).ConfigureAwait(false);
        _arrivals.Raise();
    }

    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancel)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var arrival = _arrivals.Next;
            if (IsAnyVisible(kind) && await TakeAsync(kind, Math.Min(most, MaxBatch)).ConfigureAwait(false) is { Count: > 0 } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(startedAt) >= _longestWait)
            {
                return [];
            }

            await arrival.WaitAsync(_betweenLooks, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancel)
    {
        // One that is there no more is as good as deleted.
        var left = await WriteAsync("delete from", kind, session => messages.Where(message =>
            session.Execute($"DELETE FROM messages WHERE {IsDelivery}", Delivery(message)) == 0
            && session.ReadFirst("SELECT 1 FROM messages WHERE id = $id", row => row.GetInt32(0), ("$id", IdOf(message))) == 1).ToList(), cancel).ConfigureAwait(false);
        if (left.Count > 0)
        {
            throw new OperationQueueException(
                $"{left.Count} of {messages.Count} messages of kind '{kind}' were not deleted, since they have been delivered anew meanwhile; their new receivers delete them. {string.Join(", ", left.Select(message => message.Id))}");
        }
    }

    public async Task<long?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancel)
    {
        var visibility = options.Get(kind).VisibilityTimeout;
        var visibleAgainAt = Timestamps.After(time, visibility);
        var extended = await WriteAsync("extend a message of", kind, session =>
        {
            var now = Now();
            return session.Execute(Extend, [.. Delivery(message), ("$now", now), ("$visible_again_at", now + (long)visibility.TotalMilliseconds)]);
        }, cancel).ConfigureAwait(false);
        return extended == 1 ? visibleAgainAt : null;
    }

    public async Task ReleaseAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancel)
    {
        await WriteAsync("give back to", kind, session => messages.Sum(message =>
            session.Execute($"UPDATE messages SET visible_at = 0 WHERE {IsDelivery}", Delivery(message))), cancel).ConfigureAwait(false);
        _arrivals.Raise();
    }

    public ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancel) => ValueTask.FromResult(depth.Get(kind));

    public async Task CheckAsync(string kind, CancellationToken cancel)
    {
        try
        {
            await database.CheckAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failed) when (SqliteErrors.Is(failed))
        {
            throw SqliteErrors.ToQueueException("write to", kind, database.Path, failed);
        }
    }

    private bool IsAnyVisible(string kind)
    {
        try
        {
            return database.Readers.Read((kind, Now()), static (session, look) => session.ReadFirst(
                Peek, row => true, ("$kind", look.kind), ("$now", look.Item2)));
        }
        catch (Exception failed) when (SqliteErrors.Is(failed))
        {
            throw SqliteErrors.ToQueueException("look into", kind, database.Path, failed);
        }
    }

    // Not to be given up half-way: whoever has gone by then would have received messages that nobody runs.
    private async Task<List<ReceivedMessage>> TakeAsync(string kind, int most)
    {
        var visibility = options.Get(kind).VisibilityTimeout;
        var received = await WriteAsync("receive from", kind, session =>
        {
            var now = Now();
            var visibleAgainAt = Timestamps.After(time, visibility);
            return session.ReadAll(
                Receive,
                row => ToReceived(row, visibleAgainAt),
                ("$kind", kind), ("$now", now), ("$visible_again_at", now + (long)visibility.TotalMilliseconds), ("$most", most));
        }, CancellationToken.None).ConfigureAwait(false);
        received.Sort((one, other) => IdOf(one).CompareTo(IdOf(other)));
        return received;
    }

    private async Task<T> WriteAsync<T>(string verb, string kind, Func<SqliteSession, T> statements, CancellationToken cancel)
    {
        try
        {
            return await database.Writer.WriteAsync(statements, cancel).ConfigureAwait(false);
        }
        catch (Exception failed) when (SqliteErrors.Is(failed))
        {
            throw SqliteErrors.ToQueueException(verb, kind, database.Path, failed);
        }
    }

    private static ReceivedMessage ToReceived(SqliteDataReader row, long visibleAgainAt) => new()
    {
        Id = row.GetInt64(0).ToString(CultureInfo.InvariantCulture),
        ReceiptHandle = string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(0)}/{row.GetInt32(1)}"),
        ReceiveCount = row.GetInt32(1),
        StatusKey = row.GetString(2),
        TraceParent = row.IsDBNull(3) ? null : row.GetString(3),
        Body = row.GetString(4),
        VisibleAgainAt = visibleAgainAt,
    };

    private static (string, object?)[] Delivery(ReceivedMessage message) => [("$id", IdOf(message)), ("$receive_count", message.ReceiveCount)];

    private static long IdOf(ReceivedMessage message) => long.Parse(message.Id, CultureInfo.InvariantCulture);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
