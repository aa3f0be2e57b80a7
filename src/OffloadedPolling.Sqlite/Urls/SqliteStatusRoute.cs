using Microsoft.Data.Sqlite;

namespace OffloadedPolling.Sqlite;

/// <summary>Serves status documents in place of S3.</summary>
internal sealed class SqliteStatusRoute(StatusUrlAddress address, StatusUrlSignature signature, SqliteDatabase database, TimeProvider time)
    : ISignedStatusRoute
{
    public void MapTo(IStatusRouteAddress route) => address.Route = route;

    public StatusUrlValidity Check(string id, string query) => signature.Check(id, query, time.GetUtcNow().ToUnixTimeSeconds());

    public ValueTask<ServedStatusDocument?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var row = database.Readers.Read(id, static (session, id) => session.Documents.Find(id));
            return ValueTask.FromResult(row is null ? null : new ServedStatusDocument(row.Document, row.Version));
        }
        catch (SqliteException failed)
        {
            throw SqliteErrors.ToStoreException("read the status document", id, database.Path, failed);
        }
    }
}
