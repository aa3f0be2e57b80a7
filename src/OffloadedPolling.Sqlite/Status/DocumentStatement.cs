using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Finds a document by its ID with SQLite's native interface. This is the most frequent query, and ADO.NET would more than double its time.
/// </summary>
internal sealed class DocumentStatement : IDisposable
{
    private const string Select =
        "SELECT document, version, owner_message_id, cancel_requested, payload_fingerprint, replaced_message_ids, claim_id FROM "
        + "documents WHERE id = ?";

    private readonly sqlite3 _database;

    private readonly sqlite3_stmt _statement;

    public DocumentStatement(SqliteConnection connection)
    {
        _database = connection.Handle!;
        ThrowIfFailed(sqlite3_prepare_v2(_database, Select, out _statement));
    }

    /// <exception cref="SqliteException">The file could not be read.</exception>
    public DocumentRow? Find(string id)
    {
        Span<byte> utf8 = stackalloc byte[64];
        if (!Encoding.UTF8.TryGetBytes(id, utf8, out var length))
        {
            return null;
        }

        ThrowIfFailed(sqlite3_bind_text(_statement, 1, utf8[..length]));
        try
        {
            var result = sqlite3_step(_statement);
            if (result == SQLITE_ROW)
            {
                return new DocumentRow(
                    sqlite3_column_blob(_statement, 0).ToArray(),
                    sqlite3_column_text(_statement, 1).utf8_to_string(),
                    new OperationMetadata
                    {
                        OwnerMessageId = sqlite3_column_text(_statement, 2).utf8_to_string(),
                        CancelRequested = sqlite3_column_int(_statement, 3) != 0,
                        PayloadFingerprint = sqlite3_column_text(_statement, 4).utf8_to_string(),
                        ReplacedMessageIds = sqlite3_column_text(_statement, 5).utf8_to_string(),
                        ClaimId = sqlite3_column_text(_statement, 6).utf8_to_string(),
                    });
            }

            ThrowIfFailed(result == SQLITE_DONE ? SQLITE_OK : result);
            return null;
        }
        finally
        {
            sqlite3_reset(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();

    private void ThrowIfFailed(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}

/// <summary>A status document as stored in the file.</summary>
internal sealed record DocumentRow(byte[] Document, string Version, OperationMetadata Metadata);
