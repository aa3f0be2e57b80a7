using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.Sqlite;

/// <summary>What is in the database file, and whether it is this library's at all.</summary>
internal static class SqliteSchema
{
    private const int Version = 5;

    // "OPol", in the file's header, so that no other program's database is taken for one of these.
    // https://www.sqlite.org/pragma.html#pragma_application_id
    private const int ApplicationId = 0x4F506F6C;

    private const string SigningKeyName = "signing-key";

    private const string CheckName = "checked-at";

    // What workers, readers of dead letters and estimates ask for, each served by an index. Counting a long queue takes too long for an
    // accept, so triggers keep the number, whichever program changes the table.
    private const string CreateMessageIndexes = $"""
        CREATE INDEX messages_alive ON messages (kind, id, visible_at, received_at) WHERE {MessageVisibility.IsAlive};
        CREATE INDEX messages_dead ON messages (kind, id, visible_at, received_at) WHERE {MessageVisibility.IsDead};
        CREATE INDEX messages_in_flight ON messages (kind, visible_at, received_at, receive_count) WHERE {MessageVisibility.IsReceived};
        CREATE TABLE message_counts (
            kind TEXT NOT NULL PRIMARY KEY,
            alive INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO message_counts (kind, alive) SELECT kind, count(*) FROM messages WHERE {MessageVisibility.IsAlive} GROUP BY kind;
        CREATE TRIGGER messages_counted_in AFTER INSERT ON messages WHEN new.{MessageVisibility.IsAlive} BEGIN
            INSERT INTO message_counts (kind, alive) VALUES (new.kind, 1) ON CONFLICT (kind) DO UPDATE SET alive = alive + 1;
        END;
        CREATE TRIGGER messages_counted_out AFTER DELETE ON messages WHEN old.{MessageVisibility.IsAlive} BEGIN
            UPDATE message_counts SET alive = alive - 1 WHERE kind = old.kind;
        END;
        CREATE TRIGGER messages_counted_dead AFTER UPDATE OF receive_count ON messages
        WHEN old.{MessageVisibility.IsAlive} AND new.{MessageVisibility.IsDead} BEGIN
            UPDATE message_counts SET alive = alive - 1 WHERE kind = old.kind;
        END;
        CREATE TRIGGER messages_counted_revived AFTER UPDATE OF receive_count ON messages
        WHEN old.{MessageVisibility.IsDead} AND new.{MessageVisibility.IsAlive} BEGIN
            INSERT INTO message_counts (kind, alive) VALUES (new.kind, 1) ON CONFLICT (kind) DO UPDATE SET alive = alive + 1;
        END;
        """;

    private const string CreateProfiles = """
        CREATE TABLE profiles (
            kind TEXT NOT NULL PRIMARY KEY,
            version TEXT NOT NULL,
            profile BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """;

    // A message's id must never be given twice: AUTOINCREMENT sees to it. A message that waits has visible_at 0, so that no clock can hide
    // it.
    private const string Create = """
        CREATE TABLE settings (
            name TEXT NOT NULL PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
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
        CREATE INDEX messages_status_key ON messages (status_key);
        """ + CreateMessageIndexes + CreateProfiles;

    private const string UpgradeFrom1 = """
        ALTER TABLE documents ADD COLUMN cancel_requested INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE documents ADD COLUMN payload_fingerprint TEXT;
        """ + UpgradeFrom2;

    private const string UpgradeFrom2 = CreateProfiles + UpgradeFrom3;

    private const string UpgradeFrom3 = """
        ALTER TABLE documents ADD COLUMN claim_id TEXT;
        ALTER TABLE documents ADD COLUMN replaced_message_ids TEXT;
        ALTER TABLE messages ADD COLUMN status_created_at INTEGER;
        """ + UpgradeFrom4;

    private const string UpgradeFrom4 = """
        DROP INDEX IF EXISTS messages_kind;
        DROP INDEX IF EXISTS messages_received;
        DROP INDEX IF EXISTS messages_dead;
        DELETE FROM settings WHERE name GLOB 'mark-*';
        """ + CreateMessageIndexes;

    /// <summary>What is wrong with the file, or <see langword="null"/> if it is this version's, or new.</summary>
    public static string? WrongWith(SqliteSession session)
    {
        // In one transaction, so that all three are of one moment: another process may be making the tables.
        session.Execute("BEGIN");
        var (application, version, tables) = (Number(session, "PRAGMA application_id"), Number(session, "PRAGMA user_version"), Number(
            session, "SELECT count(*) FROM sqlite_master"));
        session.Execute("COMMIT");
        return (application, version) switch
        {
            (ApplicationId, > Version) => string.Create(CultureInfo.InvariantCulture,
                $"which a newer version of this library made (its schema is {version}, this version knows {Version}). Update the "
                + $"library, or set it to another file."),
            (ApplicationId, > 0) => null,
            (0, 0) when tables == 0 => null,
            _ => "which is another program's database. Set it to a file of its own.",
        };
    }

    /// <summary>
    /// Makes the tables if there are none yet, or what an older version's lack, within a transaction: another process may be about to do
    /// the same.
    /// </summary>
    public static void Ensure(SqliteSession session)
    {
        var version = Number(session, "PRAGMA user_version");
        if (version == Version)
        {
            return;
        }

        session.Execute(version switch
        {
            0 => Create,
            1 => UpgradeFrom1,
            2 => UpgradeFrom2,
            3 => UpgradeFrom3,
            _ => UpgradeFrom4,
        });
        session.Execute($"PRAGMA application_id = {ApplicationId}");
        session.Execute($"PRAGMA user_version = {Version}");
    }

    /// <summary>The key that is kept in the file, made now if there is none, within a transaction.</summary>
    public static byte[] EnsureSigningKey(SqliteSession session)
    {
        session.Execute(
            "INSERT OR IGNORE INTO settings (name, value) VALUES ($name, $value)", ("$name", SigningKeyName),
            ("$value", RandomNumberGenerator.GetBytes(32)));
        return session.ReadFirst(
            "SELECT value FROM settings WHERE name = $name", row => row.GetFieldValue<byte[]>(0), ("$name", SigningKeyName))!;
    }

    /// <summary>Writes something, within a transaction, to see whether that is possible.</summary>
    public static int PutCheck(SqliteSession session, DateTimeOffset now) => session.Execute(
        "INSERT OR REPLACE INTO settings (name, value) VALUES ($name, $value)",
        ("$name", CheckName),
        ("$value", Encoding.ASCII.GetBytes(now.ToString("O", CultureInfo.InvariantCulture))));

    private static long Number(SqliteSession session, string sql) => session.ReadFirst(sql, row => row.GetInt64(0));
}
