namespace OffloadedPolling.Sqlite;

/// <summary>Receives dead letters: messages in the same table that have been delivered ten times.</summary>
internal sealed class SqliteDeadLetterQueue(SqliteMessages rows) : IDeadLetterQueue
{
    private const int Most = 10;

    private const string Dead = $"{MessageVisibility.IsVisible} AND {MessageVisibility.IsDead}";

    private static readonly TimeSpan _betweenLooks = TimeSpan.FromSeconds(1);

    private static readonly Task _never = new TaskCompletionSource().Task;

    private static readonly TimeSpan _aside = TimeSpan.FromHours(1);

    public string MessagingSystem => SqliteMessages.MessagingSystem;

    public bool IsKnown(string kind) => true;

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, CancellationToken cancellationToken) =>
        rows.ReceiveAsync(Dead, kind, Most, () => _never, _betweenLooks, cancellationToken);

    public Task DeleteAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) => rows.WriteAsync(
        "delete a dead letter from", kind,
        session => session.Execute($"DELETE FROM messages WHERE {SqliteMessages.IsDelivery}", SqliteMessages.DeliveryOf(message)),
        cancellationToken);

    public Task SetAsideAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) =>
        rows.WriteAsync(
            "set aside a dead letter of", kind, session => rows.Hide(session, message, _aside, MessageVisibility.IsDead),
            cancellationToken);

    // Dead letters are in the queue's table, which has its own check.
    public Task CheckAsync(string kind, CancellationToken cancellationToken) => Task.CompletedTask;
}
