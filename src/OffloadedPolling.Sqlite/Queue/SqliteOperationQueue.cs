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
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(50);

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
        rows.ReceiveAsync(Deliverable, kind, most, () => _arrivals.Next, _pollInterval, cancellationToken);

    public async Task DeleteAsync(string kind, IReadOnlyCollection<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var left = await rows.WriteAsync(
            "delete from", kind, session => Delete(session, messages), cancellationToken).ConfigureAwait(false);
        if (left.Count > 0)
        {
            throw new OperationQueueException(
                $"{left.Count} of {messages.Count} messages of kind '{kind}' were not deleted, because they have been redelivered. "
                + $"Their new receivers delete them. {string.Join(", ", left)}");
        }
    }

    private static List<string> Delete(SqliteSession session, IEnumerable<ReceivedMessage> messages)
    {
        var left = new List<string>();
        foreach (var message in messages)
        {
            if (!SqliteMessages.Delete(session, message))
            {
                left.Add(message.Id);
            }
        }

        return left;
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
            "release messages of", kind, session => Release(session, messages, visibleAfter), cancellationToken).ConfigureAwait(false);
        _arrivals.Raise();
    }

    private int Release(SqliteSession session, IEnumerable<ReceivedMessage> messages, TimeSpan visibleAfter)
    {
        const string Show = $"UPDATE messages SET visible_at = 0 WHERE {SqliteMessages.IsDelivery}";
        var released = 0;
        foreach (var message in messages)
        {
            released += visibleAfter > TimeSpan.Zero
                ? rows.Hide(session, message, visibleAfter, "visible_at > 0")
                : session.Execute(Show, SqliteMessages.DeliveryOf(message));
        }

        return released;
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

/// <summary>Wakes the workers of this process when this process sends or releases a message.</summary>
internal sealed class ArrivalSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Gets a task that completes at the next arrival. Get it before checking for messages, so that none is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
