using System.Globalization;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// What queue and dead letters have in common: rows that are received, hidden for a while, and deleted by their delivery.
/// </summary>
internal sealed class SqliteMessages(SqliteDatabase database, IOptionsMonitor<OperationOptions> options, TimeProvider time)
{
    // No name of OpenTelemetry's conventions, which let a system have one of its own.
    public const string MessagingSystem = "sqlite";

    /// <summary>One delivery of a message: the next has another receive count.</summary>
    public const string IsDelivery = "id = $id AND receive_count = $receive_count";

    // As in SQS, so that a host can move there.
    private const int MaxBatch = 10;

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Waits for messages that fulfil a <paramref name="condition"/>, looking so often and whenever <paramref name="next"/> comes to an
    /// end.
    /// </summary>
    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        string condition, string kind, int most, Func<Task> next, TimeSpan betweenLooks, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var nextLook = next();
            if (IsAny(condition, kind)
                && await TakeAsync(condition, kind, Math.Min(most, MaxBatch)).ConfigureAwait(false) is { Count: > 0 } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(startedAt) >= _longestWait)
            {
                return [];
            }

            await nextLook.WaitAsync(betweenLooks, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Hides a delivery's message for so long from now on, and returns how many rows that changed.</summary>
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

    public static (string, object?)[] DeliveryOf(ReceivedMessage message) =>
        [("$id", IdOf(message)), ("$receive_count", message.ReceiveCount)];

    public static long IdOf(ReceivedMessage message) => long.Parse(message.Id, CultureInfo.InvariantCulture);

    private bool IsAny(string condition, string kind)
    {
        try
        {
            return database.Readers.Read((condition, kind, Now()), static (session, look) => session.ReadFirst(
                $"SELECT 1 FROM messages WHERE kind = $kind AND {look.condition} LIMIT 1",
                row => true,
                ("$kind", look.kind),
                ("$now", look.Item3)));
        }
        catch (Exception failed) when (SqliteErrors.Is(failed))
        {
            throw SqliteErrors.ToQueueException("look into", kind, database.Path, failed);
        }
    }

    // Not to be given up half-way: whoever has gone by then would have received messages that nobody runs.
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
