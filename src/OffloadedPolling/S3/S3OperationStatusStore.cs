using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

/// <summary>Stores status documents as S3 objects.</summary>
internal sealed class S3OperationStatusStore(
    S3Connection s3, S3WriteProbe probe, IOptions<OffloadedPollingOptions> options, TimeProvider time,
    ILogger<S3OperationStatusStore> logger) : IOperationStatusStore
{
    private const string KeySuffix = ".json";

    // Never the ID of an operation, because IDs are random.
    private static readonly string _nobodysId = new('0', 32);

    private readonly S3ConditionalObjects _objects = new(
        s3, "status document", time, () => Log.ReadDeniedTakenAsMissing(logger, s3.Bucket, s3.KeyPrefix));

    public string GetStatusKey(string id) => $"{s3.KeyPrefix}{id}{KeySuffix}";

    public string? GetOperationId(string statusKey)
    {
        if (!statusKey.StartsWith(s3.KeyPrefix, StringComparison.Ordinal) || !statusKey.EndsWith(KeySuffix, StringComparison.Ordinal)
            || statusKey.Length < s3.KeyPrefix.Length + KeySuffix.Length)
        {
            return null;
        }

        var id = statusKey[s3.KeyPrefix.Length..^KeySuffix.Length];
        return OperationId.IsValid(id) ? id : null;
    }

    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancellationToken) =>
        WriteAsync(status, metadata, expectedVersion: null, cancellationToken);

    public Task<StoredOperation> UpdateAsync(
        OperationStatus status, OperationMetadata metadata, string version, CancellationToken cancellationToken) =>
        WriteAsync(status, metadata, version, cancellationToken);

    public Task<StoredOperation?> GetAsync(string id, CancellationToken cancellationToken) => ReadAsync(id, cancellationToken);

    public Task<StoredOperation?> GetIfChangedAsync(string id, string version, CancellationToken cancellationToken) =>
        ReadAsync(id, cancellationToken, version);

    public Task DeleteAsync(string id, CancellationToken cancellationToken) => _objects.DeleteAsync(GetStatusKey(id), cancellationToken);

    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        var mayList = await _objects.MayReadAsync(GetStatusKey(_nobodysId), cancellationToken).ConfigureAwait(false);
        var wrong = await probe.RunAsync(cancellationToken).ConfigureAwait(false) is { } ignored ? probe.Explain(ignored) : null;

        // Only an existing object shows whether reading is denied, for example by the policy of its encryption key.
        await probe.ReadAsync(cancellationToken).ConfigureAwait(false);
        var unlisted = $"S3 denies listing the bucket '{s3.Bucket}', so it returns 403 instead of 404 for missing documents. "
            + "Grant s3:ListBucket on the bucket.";
        return mayList ? wrong : $"{wrong} {unlisted}".TrimStart();
    }

    private async Task<StoredOperation> WriteAsync(
        OperationStatus status, OperationMetadata metadata, string? expectedVersion, CancellationToken cancellationToken)
    {
        var key = GetStatusKey(status.Id);
        var document = StatusDocument.Write(status, options.Value.MaxDocumentBytes);
        var (written, lost) = await _objects.WriteAsync(
            () => S3StatusObject.ToRequest(key, document, metadata),
            expectedVersion,
            version => new StoredOperation(status, metadata, version),
            S3StatusObject.Reader(status.Id, key),
            cancellationToken).ConfigureAwait(false);
        return written ?? throw new OperationStatusConflictException(key, lost);
    }

    private Task<StoredOperation?> ReadAsync(string id, CancellationToken cancellationToken, string? knownVersion = null)
    {
        var key = GetStatusKey(id);
        return _objects.ReadAsync(key, S3StatusObject.Reader(id, key), cancellationToken, knownVersion);
    }
}
