using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OffloadedPolling.Sqlite;

/// <summary>The schema of the database file, and the check that the file belongs to this library.</summary>
internal static class SqliteSchema
{
    private const int Version = 5;

    // "OPol" in the file's header distinguishes the file from other programs' databases.
    // https://www.sqlite.org/pragma.html#pragma_application_id
    private const int ApplicationId = 0x4F506F6C;

    private const string SigningKeyName = "signing-key";

    private const string CheckName = "checked-at";

    // One index for each query of workers, dead-letter readers and estimates. Counting a long queue takes too long for an accept, so
    // triggers maintain the count, whichever program changes the table.
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

    // AUTOINCREMENT never reuses a message's ID. A waiting message has visible_at 0, so that no clock can hide it.
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

    /// <summary>Returns what is wrong with the file, or <see langword="null"/> if it is new or has a supported schema.</summary>
    public static string? WrongWith(SqliteSession session)
    {
        // One transaction makes the three values consistent, because another process may be creating the tables.
        session.Execute("BEGIN");
        var (application, version, tables) = (Number(session, "PRAGMA application_id"), Number(session, "PRAGMA user_version"), Number(
            session, "SELECT count(*) FROM sqlite_master"));
        session.Execute("COMMIT");
        return (application, version) switch
        {
            (ApplicationId, > Version) => string.Create(CultureInfo.InvariantCulture,
                $"which a newer version of this library created (its schema is {version}, this version supports {Version}). Update the "
                + $"library, or set it to another file."),
            (ApplicationId, > 0) => null,
            (0, 0) when tables == 0 => null,
            _ => "which is another program's database. Set it to another file.",
        };
    }

    /// <summary>
    /// Creates the tables, or upgrades those of an older version. Call it within a transaction, because another process may do the same.
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

    /// <summary>Returns the signing key in the file, and creates it if necessary. Call it within a transaction.</summary>
    public static byte[] EnsureSigningKey(SqliteSession session)
    {
        session.Execute(
            "INSERT OR IGNORE INTO settings (name, value) VALUES ($name, $value)", ("$name", SigningKeyName),
            ("$value", RandomNumberGenerator.GetBytes(32)));
        return session.ReadFirst(
            "SELECT value FROM settings WHERE name = $name", row => row.GetFieldValue<byte[]>(0), ("$name", SigningKeyName))!;
    }

    /// <summary>Writes a value to check that the file can be written. Call it within a transaction.</summary>
    public static int PutCheck(SqliteSession session, DateTimeOffset now) => session.Execute(
        "INSERT OR REPLACE INTO settings (name, value) VALUES ($name, $value)",
        ("$name", CheckName),
        ("$value", Encoding.ASCII.GetBytes(now.ToString("O", CultureInfo.InvariantCulture))));

    private static long Number(SqliteSession session, string sql) => session.ReadFirst(sql, row => row.GetInt64(0));
}
