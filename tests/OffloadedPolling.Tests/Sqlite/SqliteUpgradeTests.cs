using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>Files with the schemas of earlier versions.</summary>
public sealed class SqliteUpgradeTests : IAsyncLifetime
{
    private const string Kind = ConformanceHost.Kind;

    private const string Schema4 = """
        CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE documents (
            id TEXT NOT NULL PRIMARY KEY,
            version TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            owner_message_id TEXT,
            claim_id TEXT,
            cancel_requested INTEGER NOT NULL DEFAULT 0,
            payload_fingerprint TEXT,
            replaced_message_ids TEXT,
            document BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX documents_expires_at ON documents (expires_at);
        CREATE TABLE messages (
            id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            visible_at INTEGER NOT NULL DEFAULT 0,
            received_at INTEGER NOT NULL DEFAULT 0,
            receive_count INTEGER NOT NULL DEFAULT 0,
            status_key TEXT NOT NULL,
            status_created_at INTEGER,
            trace_parent TEXT,
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX messages_kind ON messages (kind);
        CREATE INDEX messages_status_key ON messages (status_key);
        CREATE INDEX messages_received ON messages (kind, visible_at, received_at) WHERE visible_at > 0;
        CREATE INDEX messages_dead ON messages (kind, id) WHERE receive_count >= 10;
        CREATE TABLE profiles (kind TEXT NOT NULL PRIMARY KEY, version TEXT NOT NULL, profile BLOB NOT NULL) STRICT, WITHOUT ROWID;
        PRAGMA application_id = 1330671468;
        PRAGMA journal_mode = WAL;
        """;

    private const string RevertTo3 = """
        ALTER TABLE documents DROP COLUMN replaced_message_ids;
        ALTER TABLE documents DROP COLUMN claim_id;
        ALTER TABLE messages DROP COLUMN status_created_at;
        """;

    private const string RevertTo2 = "DROP TABLE profiles;";

    private const string RevertTo1 = """
        DROP INDEX messages_dead;
        ALTER TABLE documents DROP COLUMN cancel_requested;
        ALTER TABLE documents DROP COLUMN payload_fingerprint;
        """;

    private readonly SqliteProvider _provider = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    public static TheoryData<int, string> Versions => new()
    {
        { 1, Schema4 + RevertTo3 + RevertTo2 + RevertTo1 },
        { 2, Schema4 + RevertTo3 + RevertTo2 },
        { 3, Schema4 + RevertTo3 },
        { 4, Schema4 },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Start_OlderSchema_KeepsData(int version, string schema)
    {
        await _provider.ExecuteAsync($"{schema} PRAGMA user_version = {version}");
        var document = StatusDocument.Write(TestDocuments.Waiting(), 100_000);
        await _provider.ExecuteAsync(
            "INSERT INTO documents (id, version, expires_at, document) VALUES ($id, 'x', 9e15, $document)",
            ("$id", TestDocuments.Id), ("$document", document));
        await InsertMessageAsync(receiveCount: 0);
        await InsertMessageAsync(receiveCount: 9, visibleAt: 1);
        await InsertMessageAsync(receiveCount: 10, visibleAt: 1);

        await using var host = await ConformanceHost.StartAsync(_provider);

        var found = await host.Store.GetAsync(TestDocuments.Id, default);
        (found!.Status, found.Metadata).Should().Be((TestDocuments.Waiting(), OperationMetadata.Empty));
        (await host.Operations.CancelAsync(TestDocuments.Id))!.State.Should().Be(OperationState.Canceled);
        (await host.Profiles.WriteAsync(Kind, new byte[] { 1 }, null, default)).Should().NotBeNull();
        (await host.Queue.GetDepthAsync(Kind, default)).Should().Be(new QueueDepth(2, 0), "a dead letter is not counted");
        await host.Queue.SendAsync(
            Kind, new OutgoingMessage { Body = "{}", StatusKey = TestDocuments.Id, StatusCreatedAt = DateTimeOffset.UnixEpoch }, default);
        (await host.Queue.ReceiveAsync(Kind, 10, default)).Select(message => (message.ReceiveCount, message.StatusCreatedAt))
            .Should().Equal((1, null), (10, null), (1, DateTimeOffset.UnixEpoch));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Start_OlderSchema_HasSameObjectsAsNewFile(int version, string schema)
    {
        await using var newProvider = new SqliteProvider();
        await using var newHost = await ConformanceHost.StartAsync(newProvider);
        await _provider.ExecuteAsync($"{schema} PRAGMA user_version = {version}");

        await using var host = await ConformanceHost.StartAsync(_provider);

        (await NamesAsync(_provider)).Should().Be(await NamesAsync(newProvider));
    }

    private static Task<object?> NamesAsync(SqliteProvider provider) =>
        provider.ExecuteAsync("SELECT group_concat(name, ' ') FROM (SELECT type || ':' || name AS name FROM sqlite_master ORDER BY 1)");

    private async Task InsertMessageAsync(int receiveCount, long visibleAt = 0) => await _provider.ExecuteAsync(
        $"INSERT INTO messages (kind, visible_at, receive_count, status_key, body) VALUES ('{Kind}', $visible, $received, 'x', '{{}}')",
        ("$visible", visibleAt), ("$received", receiveCount));
}
