using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.S3;

/// <summary>Stores duration profiles as S3 objects outside the prefix of status documents, so that they do not expire.</summary>
internal sealed class S3DurationProfileStore(S3Connection s3, TimeProvider time, ILogger<S3DurationProfileStore> logger)
    : IDurationProfileStore
{
    private readonly S3ConditionalObjects _objects = new(
        s3, "duration profile", time, () => Log.ProfileReadDeniedTakenAsMissing(logger, s3.Bucket, PrefixOf(s3)));

    public Task<StoredDurationProfile?> GetAsync(string kind, CancellationToken cancellationToken) =>
        _objects.ReadAsync(KeyOf(kind), ReadAsync, cancellationToken);

    public Task<StoredDurationProfile?> GetIfChangedAsync(string kind, string version, CancellationToken cancellationToken) =>
        _objects.ReadAsync(KeyOf(kind), ReadAsync, cancellationToken, version);

    public async Task<StoredDurationProfile?> WriteAsync(
        string kind, ReadOnlyMemory<byte> profile, string? version, CancellationToken cancellationToken)
    {
        if (profile.Length > StoredDurationProfile.MaxBytes)
        {
            throw new OperationStoreException(
                $"The duration profile '{KeyOf(kind)}' would have {profile.Length} bytes; the maximum is "
                + $"{StoredDurationProfile.MaxBytes}.");
        }

        var bytes = profile.ToArray();
        var (written, _) = await _objects.WriteAsync(
            () => new PutObjectRequest
            {
                Key = KeyOf(kind),
                InputStream = new MemoryStream(bytes, writable: false),
                ContentType = StatusDocument.ContentType,
            },
            version,
            newVersion => new StoredDurationProfile(bytes, newVersion),
            ReadAsync,
            cancellationToken).ConfigureAwait(false);
        return written;
    }

    private static string PrefixOf(S3Connection s3) => $"{s3.KeyPrefix.TrimEnd('/')}-profiles/";
    private string KeyOf(string kind) => $"{PrefixOf(s3)}{kind}.json";

    private static async Task<StoredDurationProfile> ReadAsync(GetObjectResponse response, CancellationToken cancellationToken)
    {
        // A larger object is not a profile. It is replaced, like every profile that cannot be read.
        var profile = await S3Body.ReadAsync(response, StoredDurationProfile.MaxBytes, cancellationToken).ConfigureAwait(false) ?? default;
        return new StoredDurationProfile(profile, S3ConditionalObjects.ToVersion(response.ETag));
    }
}
