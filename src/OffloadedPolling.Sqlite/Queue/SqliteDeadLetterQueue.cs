namespace OffloadedPolling.Sqlite;

/// <summary>Receives dead letters: messages in the same table that have been delivered ten times.</summary>
internal sealed class SqliteDeadLetterQueue(SqliteMessages rows) : IDeadLetterQueue
{
    private const int Most = 10;

    private const string Dead = $"{MessageVisibility.IsVisible} AND {MessageVisibility.IsDead}";

    private static readonly TimeSpan _pollInterval = TimeSpan.FromSeconds(1);

    private static readonly Task _never = new TaskCompletionSource().Task;

    private static readonly TimeSpan _aside = TimeSpan.FromHours(1);

    public string MessagingSystem => SqliteMessages.MessagingSystem;

    public bool IsKnown(string kind) => true;

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string kind, CancellationToken cancellationToken) =>
        rows.ReceiveAsync(Dead, kind, Most, () => _never, _pollInterval, cancellationToken);

    public Task DeleteAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) => ChangeAsync(
        "delete a dead letter from", kind, message, session => SqliteMessages.Delete(session, message), cancellationToken);

    public Task SetAsideAsync(string kind, ReceivedMessage message, CancellationToken cancellationToken) => ChangeAsync(
        "hide a dead letter of", kind, message,
        session => rows.Hide(session, message, _aside, MessageVisibility.IsDead) > 0 || !SqliteMessages.Exists(session, message),
        cancellationToken);

    // Dead letters are in the queue's table, which has its own check.
    public Task CheckAsync(string kind, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ChangeAsync(
        string verb, string kind, ReceivedMessage message, Func<SqliteSession, bool> change, CancellationToken cancellationToken)
    {
        if (!await rows.WriteAsync(verb, kind, change, cancellationToken).ConfigureAwait(false))
        {
            throw new OperationQueueException(
                $"Could not {verb} the queue of kind '{kind}': message {message.Id} has been redelivered. Its new receiver processes it.");
        }
    }
}
