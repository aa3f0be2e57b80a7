using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>Stores status documents as rows. An operation's status key is its ID.</summary>
internal sealed class SqliteOperationStatusStore(
    SqliteDatabase database, StatusUrlAddress address, IOptions<OffloadedPollingOptions> options) : IOperationStatusStore
{
    private const string Insert = """
        INSERT OR IGNORE INTO documents
            (id, version, expires_at, owner_message_id, claim_id, cancel_requested, payload_fingerprint, replaced_message_ids, document)
        VALUES ($id, $version, $expires_at, $owner, $claim, $cancel_requested, $fingerprint, $replaced, $document)
        """;

    private const string Replace = """
        UPDATE documents SET version = $version, expires_at = $expires_at, owner_message_id = $owner, claim_id = $claim,
            cancel_requested = $cancel_requested, payload_fingerprint = $fingerprint, replaced_message_ids = $replaced, document = $document
        WHERE id = $id AND version = $read
        """;

    private const string Remove = "DELETE FROM documents WHERE id = $id";

    // A request to cancel is noticed well within a second. A read takes about 20 microseconds.
    public TimeSpan? WatchInterval { get; } = TimeSpan.FromMilliseconds(250);

    public string GetStatusKey(string id) => id;

    public string? GetOperationId(string statusKey) => OperationId.IsValid(statusKey) ? statusKey : null;

    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken) =>
        WriteAsync(status, metadata, read: null, cancellationToken);

    public Task<StoredOperation> UpdateAsync(
        OperationStatus status, OperationMetadata metadata, string version, CancellationToken cancellationToken) =>
        WriteAsync(status, metadata, version, cancellationToken);

    public Task<StoredOperation?> GetAsync(string id, CancellationToken cancellationToken)
    {
        var row = Find(id, cancellationToken);
        return Task.FromResult(row is null ? null : ToStored(id, row));
    }

    public Task<StoredOperation?> GetIfChangedAsync(string id, string version, CancellationToken cancellationToken)
    {
        var row = Find(id, cancellationToken);
        return Task.FromResult(row is null || row.Version == version ? null : ToStored(id, row));
    }

    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await database.Writer.WriteAsync(session => session.Execute(Remove, ("$id", id)), cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException failed)
        {
            throw SqliteErrors.ToStoreException("delete the status document", id, database.Path, failed);
        }
    }

    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.CheckAsync(cancellationToken).ConfigureAwait(false);
            return address.Problem;
        }
        catch (SqliteException failed)
        {
            throw new OperationStoreException(
                $"The status documents in '{database.Path}' cannot be written: {SqliteErrors.Explain(failed)}", failed);
        }
    }

    private DocumentRow? Find(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return database.Readers.Read(id, static (session, id) => session.Documents.Find(id));
        }
        catch (SqliteException failed)
        {
            throw SqliteErrors.ToStoreException("read the status document", id, database.Path, failed);
        }
    }

    private StoredOperation ToStored(string id, DocumentRow row) =>
        new(StatusDocument.Read(id, GetStatusKey(id), row.Document), row.Metadata, row.Version);

    private async Task<StoredOperation> WriteAsync(
        OperationStatus status, OperationMetadata metadata, string? read, CancellationToken cancellationToken)
    {
        var document = StatusDocument.Write(status, options.Value.MaxDocumentBytes);
        // Random instead of counted, so that a document that is deleted and created again does not reuse a version.
        var version = RandomNumberGenerator.GetHexString(16, lowercase: true);
        try
        {
            var written = await database.Writer.WriteAsync(
                session => read is null
                    ? session.Execute(Insert, [.. Values()])
                    : session.Execute(Replace, [.. Values(), ("$read", read)]),
                cancellationToken).ConfigureAwait(false);
            return written == 1
                ? new StoredOperation(status, metadata, version)
                : throw new OperationStatusConflictException(GetStatusKey(status.Id));
        }
        catch (SqliteException failed)
        {
            throw SqliteErrors.ToStoreException("write the status document", status.Id, database.Path, failed);
        }

        (string, object?)[] Values() => [
            ("$id", status.Id),
            ("$version", version),
            ("$expires_at", status.ExpiresAt.ToUnixTimeMilliseconds()),
            ("$owner", metadata.OwnerMessageId),
            ("$claim", metadata.ClaimId),
            ("$cancel_requested", metadata.CancelRequested ? 1 : 0),
            ("$fingerprint", metadata.PayloadFingerprint),
            ("$replaced", metadata.ReplacedMessageIds),
            ("$document", document)];
    }
}
