using Microsoft.Data.Sqlite;

namespace OffloadedPolling.Sqlite;

/// <summary>What the host serves in S3's place.</summary>
internal sealed class SqliteStatusRoute(StatusUrlAddress address, StatusUrlSignature signature, SqliteDatabase database, TimeProvider time) : ISignedStatusRoute
{
    private const string Select = "SELECT document, version FROM documents WHERE id = $id";

    public void MapTo(IStatusRouteAddress route) => address.Route = route;

    public StatusUrlValidity Check(string id, string query) => signature.Check(id, query, time.GetUtcNow().ToUnixTimeSeconds());

    public ValueTask<ServedStatusDocument?> ReadAsync(string id, CancellationToken cancel)
    {
        try
        {
            return ValueTask.FromResult(database.Readers.Read(id, static (session, id) => session.ReadFirst(
                Select, static row => new ServedStatusDocument(row.GetFieldValue<byte[]>(0), row.GetString(1)), ("$id", id))));
        }
        catch (SqliteException failed)
        {
            throw SqliteErrors.ToStoreException("read", id, database.Path, failed);
        }
    }
}
