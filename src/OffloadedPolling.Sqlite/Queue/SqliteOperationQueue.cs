using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>A queue of rows, received in the order they were sent, with a visibility timeout as in SQS.</summary>
internal sealed class SqliteOperationQueue(
    SqliteDatabase database, SqliteMessages rows, SqliteQueueDepth depth, IOptionsMonitor<OperationOptions> options) : IOperationQueue
{
    private const string Insert =
        "INSERT INTO messages (kind, status_key, status_created_at, trace_parent, body) VALUES ($kind, $status_key, $created_at, "
        + "$trace_parent, $body)";

    private const string Deliverable = $"{MessageVisibility.IsVisible} AND {MessageVisibility.IsAlive}";

    // How soon messages of other processes are received. A check takes about 20 microseconds.
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly ArrivalSignal _arrivals = new();

    // The same as in SQS, so that a host can move there.
    private const int MaxMessageBytes = 1024 * 1024;

    public string MessagingSystem => SqliteMessages.MessagingSystem;

    public ValueTask<int> GetMaxMessageBytesAsync(string kind, CancellationToken cancellationToken) =>
        ValueTask.FromResult(MaxMessageBytes);

    public async Task SendAsync(string kind, OutgoingMessage message, CancellationToken cancellationToken)
    {
        await rows.WriteAsync("send to", kind, session => session.Execute(
            Insert,
            ("$kind", kind),
            ("$status_key", message.StatusKey),
            ("$created_at", message.StatusCreatedAt?.ToUnixTimeMilliseconds()),
            ("$trace_parent", message.TraceParent),
            ("$body", message.Body)), cancellationToken).ConfigureAwait(false);
        depth.CountSent(kind);
        _arrivals.Raise();
    }

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, int most, CancellationToken cancellationToken) =>
        rows.ReceiveAsync(Deliverable, kind, most, () => _arrivals.Next, _betweenLooks, cancellationToken);

    public async Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        // A message that no longer exists counts as deleted.
        var left = await rows.WriteAsync("delete from", kind, session => messages.Where(message =>
            session.Execute($"DELETE FROM messages WHERE {SqliteMessages.IsDelivery}", SqliteMessages.DeliveryOf(message)) == 0
            && session.ReadFirst(
                "SELECT 1 FROM messages WHERE id = $id", row => row.GetInt32(0), ("$id", SqliteMessages.IdOf(message))) == 1).ToList(),
            cancellationToken).ConfigureAwait(false);
        if (left.Count > 0)
        {
            throw new OperationQueueException(
                $"{left.Count} of {messages.Count} messages of kind '{kind}' were not deleted, because they have been redelivered. "
                + $"Their new receivers delete them. {string.Join(", ", left.Select(message => message.Id))}");
        }
    }

    // Also works after the timeout if nobody has received the message since. A released message belongs to nobody.
    public async Task<TimeSpan?> ExtendAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken)
    {
        var visibility = options.Get(kind).VisibilityTimeout;
        var extended = await rows.WriteAsync(
            "extend a message of", kind, session => rows.Hide(session, message, visibility, "visible_at > 0"), cancellationToken)
            .ConfigureAwait(false);
        return extended == 1 ? visibility : null;
    }

    public async Task ReleaseAsync(
        string kind, IReadOnlyCollection<ReceivedMessage> messages, TimeSpan visibleAfter, CancellationToken cancellationToken)
    {
        await rows.WriteAsync(
            "release messages of", kind, session => messages.Sum(message => Release(session, message)),
            cancellationToken).ConfigureAwait(false);
        _arrivals.Raise();

        int Release(SqliteSession session, ReceivedMessage message) => visibleAfter > TimeSpan.Zero
            ? rows.Hide(session, message, visibleAfter, "visible_at > 0")
            : session.Execute($"UPDATE messages SET visible_at = 0 WHERE {SqliteMessages.IsDelivery}", SqliteMessages.DeliveryOf(message));
    }

    public ValueTask<QueueDepth?> GetDepthAsync(string kind, CancellationToken cancellationToken) => ValueTask.FromResult(depth.Get(kind));

    public async Task<string?> CheckAsync(string kind, CancellationToken cancellationToken)
    {
        try
        {
            await database.CheckAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception failed) when (SqliteErrors.Is(failed))
        {
            throw SqliteErrors.ToQueueException("write to", kind, database.Path, failed);
        }
    }
}
