using System.Globalization;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// The common part of queue and dead-letter queue: receives, hides and deletes messages, which are rows.
/// </summary>
internal sealed class SqliteMessages(SqliteDatabase database, IOptionsMonitor<OperationOptions> options, TimeProvider time)
{
    // Not a name of OpenTelemetry's conventions, which allow custom names.
    public const string MessagingSystem = "sqlite";

    /// <summary>Matches one delivery of a message. The next delivery has another receive count.</summary>
    public const string IsDelivery = "id = $id AND receive_count = $receive_count";

    // The same as in SQS, so that a host can move there.
    private const int MaxBatch = 10;

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Waits for messages that match a <paramref name="condition"/>. Checks periodically, and whenever <paramref name="next"/> completes.
    /// </summary>
    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        string condition, string kind, int most, Func<Task> next, TimeSpan pollInterval, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var nextArrival = next();
            if (IsAny(condition, kind)
                && await TakeAsync(condition, kind, Math.Min(most, MaxBatch)).ConfigureAwait(false) is { Count: > 0 } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(startedAt) >= _longestWait)
            {
                return [];
            }

            await nextArrival.WaitAsync(pollInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Hides the message of a delivery for a duration from now, and returns the number of changed rows.</summary>
    public int Hide(SqliteSession session, ReceivedMessage message, TimeSpan visibility, string condition)
    {
        var now = Now();
        return session.Execute(
            $"UPDATE messages SET visible_at = $visible_again_at, received_at = $now WHERE {IsDelivery} AND {condition}",
            [.. DeliveryOf(message), ("$now", now), ("$visible_again_at", now + (long)visibility.TotalMilliseconds)]);
    }

    public async Task<T> WriteAsync<T>(string verb, string kind, Func<SqliteSession, T> statements, CancellationToken cancellationToken)
    {
        try
        {
            return await database.Writer.WriteAsync(statements, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (SqliteErrors.Is(failed))
        {
            throw SqliteErrors.ToQueueException(verb, kind, database.Path, failed);
        }
    }

    /// <summary>
    /// Deletes the message of a delivery. Returns <see langword="false"/> if it has been redelivered. A message that no longer exists
    /// counts as deleted.
    /// </summary>
    public static bool Delete(SqliteSession session, ReceivedMessage message) =>
        session.Execute($"DELETE FROM messages WHERE {IsDelivery}", DeliveryOf(message)) > 0 || !Exists(session, message);

    public static bool Exists(SqliteSession session, ReceivedMessage message) =>
        session.ReadFirst("SELECT 1 FROM messages WHERE id = $id", row => true, ("$id", IdOf(message)));

    public static (string, object?)[] DeliveryOf(ReceivedMessage message) =>
        [("$id", IdOf(message)), ("$receive_count", message.ReceiveCount)];

    private static long IdOf(ReceivedMessage message) => long.Parse(message.Id, CultureInfo.InvariantCulture);

    private bool IsAny(string condition, string kind)
    {
        try
        {
            return database.Readers.Read((condition, kind, Now()), IsAny);
        }
        catch (Exception failed) when (SqliteErrors.Is(failed))
        {
            throw SqliteErrors.ToQueueException("check", kind, database.Path, failed);
        }
    }

    private static bool IsAny(SqliteSession session, (string Condition, string Kind, long Now) query) => session.ReadFirst(
        $"SELECT 1 FROM messages WHERE kind = $kind AND {query.Condition} LIMIT 1",
        row => true,
        ("$kind", query.Kind),
        ("$now", query.Now));

    // Not cancelable while it runs. Otherwise a canceled caller would have received messages that nobody processes.
    private async Task<List<ReceivedMessage>> TakeAsync(string condition, string kind, int most)
    {
        var visibility = options.Get(kind).VisibilityTimeout;
        var (takenAt, rows) = await WriteAsync(
            "receive from", kind, session => (time.GetTimestamp(), Take(session)), CancellationToken.None).ConfigureAwait(false);
        var hiddenFor = visibility - time.GetElapsedTime(takenAt);
        return [.. rows.OrderBy(row => row.Id).Select(row => ToReceived(row, hiddenFor))];

        List<Row> Take(SqliteSession session)
        {
            var now = Now();
            return session.ReadAll(
                $"""
                UPDATE messages SET visible_at = $visible_again_at, received_at = $now, receive_count = receive_count + 1
                WHERE id IN (SELECT id FROM messages WHERE kind = $kind AND {condition} ORDER BY id LIMIT $most)
                RETURNING id, receive_count, status_key, trace_parent, body, status_created_at
                """,
                row => new Row(
                    row.GetInt64(0),
                    row.GetInt32(1),
                    row.GetString(2),
                    row.IsDBNull(3) ? null : row.GetString(3),
                    row.GetString(4),
                    row.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5))),
                ("$kind", kind), ("$now", now), ("$visible_again_at", now + (long)visibility.TotalMilliseconds), ("$most", most));
        }
    }

    private static ReceivedMessage ToReceived(Row row, TimeSpan hiddenFor) => new()
    {
        Id = row.Id.ToString(CultureInfo.InvariantCulture),
        ReceiptHandle = string.Create(CultureInfo.InvariantCulture, $"{row.Id}/{row.ReceiveCount}"),
        ReceiveCount = row.ReceiveCount,
        StatusKey = row.StatusKey,
        TraceParent = row.TraceParent,
        Body = row.Body,
        StatusCreatedAt = row.StatusCreatedAt,
        MaxReceiveCount = MessageVisibility.MaxReceiveCount,
        HiddenFor = hiddenFor,
    };

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Row(
        long Id, int ReceiveCount, string StatusKey, string? TraceParent, string Body, DateTimeOffset? StatusCreatedAt);
}
