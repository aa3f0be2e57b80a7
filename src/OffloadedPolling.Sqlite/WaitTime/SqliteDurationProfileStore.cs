using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace OffloadedPolling.Sqlite;

/// <summary>Stores duration profiles as rows.</summary>
internal sealed class SqliteDurationProfileStore(SqliteDatabase database) : IDurationProfileStore
{
    private const string Select = "SELECT profile, version FROM profiles WHERE kind = $kind";

    private const string Insert = "INSERT OR IGNORE INTO profiles (kind, version, profile) VALUES ($kind, $version, $profile)";

    private const string Replace = "UPDATE profiles SET version = $version, profile = $profile WHERE kind = $kind AND version = $read";

    public Task<StoredDurationProfile?> GetAsync(string kind, CancellationToken cancellationToken) =>
        Task.FromResult(Find(kind, cancellationToken));

    public Task<StoredDurationProfile?> GetIfChangedAsync(string kind, string version, CancellationToken cancellationToken) =>
        Task.FromResult(Find(kind, cancellationToken) is { } found && found.Version != version ? found : null);

    public async Task<StoredDurationProfile?> WriteAsync(
        string kind, ReadOnlyMemory<byte> profile, string? version, CancellationToken cancellationToken)
    {
        if (profile.Length > StoredDurationProfile.MaxBytes)
        {
            throw new OperationStoreException(
                $"The duration profile '{kind}' has {profile.Length} bytes; the maximum is {StoredDurationProfile.MaxBytes}.");
        }

        var bytes = profile.ToArray();
        var written = new StoredDurationProfile(bytes, RandomNumberGenerator.GetHexString(16, lowercase: true));
        try
        {
            var rows = await database.Writer.WriteAsync(
                session => version is null
                    ? session.Execute(Insert, ("$kind", kind), ("$version", written.Version), ("$profile", bytes))
                    : session.Execute(Replace, ("$kind", kind), ("$version", written.Version), ("$profile", bytes), ("$read", version)),
                cancellationToken).ConfigureAwait(false);
            return rows == 1 ? written : null;
        }
        catch (SqliteException failed)
        {
            throw SqliteErrors.ToStoreException("write the duration profile", kind, database.Path, failed);
        }
    }

    private StoredDurationProfile? Find(string kind, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return database.Readers.Read(kind, Read);
        }
        catch (SqliteException failed)
        {
            throw SqliteErrors.ToStoreException("read the duration profile", kind, database.Path, failed);
        }
    }

    private static StoredDurationProfile? Read(SqliteSession session, string kind) => session.ReadFirst(
        Select, row => new StoredDurationProfile(row.GetFieldValue<byte[]>(0), row.GetString(1)), ("$kind", kind));
}
