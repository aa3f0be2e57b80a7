using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace OffloadedPolling.S3;

/// <summary>Reads objects of one type, and writes them with <c>If-None-Match: *</c> and <c>If-Match</c>.</summary>
/// <param name="s3">The bucket that contains them.</param>
/// <param name="what">The name of an object in error messages.</param>
/// <param name="time">The clock.</param>
/// <param name="onDenied">The action that is called once, when access is denied and an object is therefore treated as missing.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html</remarks>
internal sealed class S3ConditionalObjects(S3Connection s3, string what, TimeProvider time, Action onDenied)
{
    private const int MaxTries = 8;

    // Identifies the writer's own write when S3 returns 412 for a retry of it.
    private const string Nonce = "op-nonce";

    // A changed policy is detected within this time.
    private static readonly TimeSpan _listingIsKnownFor = TimeSpan.FromMinutes(1);

    private int _denialTold;
    private volatile Listing? _listing;

    // Ceph's gateway compares If-Match verbatim. AWS accepts it with and without quotes.
    public static string ToVersion(string etag) => etag.Trim('"');

    /// <summary>Returns the object, or <see langword="null"/> if it does not exist or is still the known version.</summary>
    public async Task<T?> ReadAsync<T>(
        string key, Func<GetObjectResponse, CancellationToken, Task<T>> read, CancellationToken cancellationToken,
        string? knownVersion = null)
        where T : class => (await FindAsync(key, read, cancellationToken, knownVersion).ConfigureAwait(false))?.Value;

    /// <summary>Writes an object if its version is the expected one. <see langword="null"/> means that it must not exist.</summary>
    /// <param name="newRequest">The function that creates a request. Each can be sent only once, because its stream is consumed.</param>
    /// <param name="expectedVersion">The version that was read.</param>
    /// <param name="written">The function that creates the result from the new version.</param>
    /// <param name="read">The function that reads the object after a conflict. It may contain this write.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The result, or the error of S3 if another writer was first.</returns>
    public async Task<(T? Written, Exception? Lost)> WriteAsync<T>(
        Func<PutObjectRequest> newRequest, string? expectedVersion, Func<string, T> written,
        Func<GetObjectResponse, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        var nonce = RandomNumberGenerator.GetHexString(16, lowercase: true);
        for (var tries = 1; ; tries++)
        {
            var request = Complete(newRequest(), expectedVersion, nonce);
            var (response, lost) = await s3.RequestAsync(
                $"write the {what}", request.Key, () => s3.Client.PutObjectAsync(request, cancellationToken), S3Errors.IsLostRace,
                cancellationToken).ConfigureAwait(false);
            if (response is not null)
            {
                return (written(ToVersion(response.ETag)), null);
            }

            // S3 also rejects the SDK's retry of a write that succeeded but returned 500.
            var found = await FindAsync(request.Key, read, cancellationToken).ConfigureAwait(false);
            if (found?.Nonce == nonce)
            {
                return (found.Value, null);
            }

            // 409 means that another write was in progress, not that it succeeded.
            if (found?.Version != expectedVersion || lost!.StatusCode != HttpStatusCode.Conflict || tries == MaxTries)
            {
                return (null, lost);
            }

            await Backoff.DelayAsync(time, tries, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes any version of the object. AWS does not report whether it existed, but other servers may.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => s3.RequestAsync(
        $"delete the {what}", key, () => s3.Client.DeleteObjectAsync(s3.Bucket, key, cancellationToken), S3Errors.IsMissingKey,
        cancellationToken);

    /// <summary>
    /// Checks whether objects can be read. Returns <see langword="false"/> if this is unknown, because S3 also denies access to missing
    /// objects.
    /// </summary>
    /// <exception cref="OperationStoreException">Objects cannot be read.</exception>
    public async Task<bool> MayReadAsync(string missingKey, CancellationToken cancellationToken)
    {
        var (_, refusal) = await s3.RequestAsync(
            $"read a {what}", missingKey, () => GetAsync(new() { Key = missingKey }, ReadAllAsync, cancellationToken),
            IsMissingOrDenied, cancellationToken).ConfigureAwait(false);
        if (refusal is null || S3Errors.IsMissingKey(refusal))
        {
            return true;
        }

        // With permission to list, a denial means that reading is not allowed.
        return await MayListAsync(missingKey, cancellationToken).ConfigureAwait(false)
            ? throw S3Errors.ToStoreException($"read a {what}", s3, missingKey, refusal)
            : false;
    }

    private async Task<bool> MayListAsync(string deniedKey, CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = s3.Bucket, MaxKeys = 1 };
        var (_, denied) = await s3.RequestAsync(
            $"determine whether reading is denied for the {what}", deniedKey,
            () => s3.Client.ListObjectsV2Async(request, cancellationToken), S3Errors.IsAccessDenied, cancellationToken)
            .ConfigureAwait(false);
        _listing = new Listing(denied is null, time.GetTimestamp());
        return denied is null;
    }

    private async ValueTask<bool> MayListAsKnownAsync(string deniedKey, CancellationToken cancellationToken) =>
        _listing is { } known && time.GetElapsedTime(known.KnownAt) < _listingIsKnownFor
            ? known.Allowed
            : await MayListAsync(deniedKey, cancellationToken).ConfigureAwait(false);

    private PutObjectRequest Complete(PutObjectRequest request, string? expectedVersion, string nonce)
    {
        request.BucketName = s3.Bucket;
        request.IfNoneMatch = expectedVersion is null ? "*" : null;
        request.IfMatch = expectedVersion;
        request.Metadata.Add(Nonce, nonce);
        // Other S3 servers reject the default, aws-chunked with a trailing checksum, or store it as part of the body.
        request.UseChunkEncoding = false;
        return request;
    }

    private async Task<Found<T>?> FindAsync<T>(
        string key, Func<GetObjectResponse, CancellationToken, Task<T>> read, CancellationToken cancellationToken,
        string? knownVersion = null)
    {
        var request = new GetObjectRequest { Key = key, EtagToNotMatch = knownVersion is null ? null : $"\"{knownVersion}\"" };
        var (found, refusal) = await s3.RequestAsync(
            $"read the {what}", key, () => GetAsync(request, read, cancellationToken),
            refusal => IsMissingOrDenied(refusal) || refusal.StatusCode == HttpStatusCode.NotModified, cancellationToken)
            .ConfigureAwait(false);
        if (refusal is null || !S3Errors.IsAccessDenied(refusal))
        {
            return found;
        }

        // Without s3:ListBucket, S3 returns 403 for a missing key. With it, 403 means that reading is denied.
        if (await MayListAsKnownAsync(key, cancellationToken).ConfigureAwait(false))
        {
            throw S3Errors.ToStoreException($"read the {what}", s3, key, refusal);
        }

        if (Interlocked.Exchange(ref _denialTold, 1) == 0)
        {
            onDenied();
        }

        return null;
    }

    private async Task<Found<T>> GetAsync<T>(
        GetObjectRequest request, Func<GetObjectResponse, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        request.BucketName = s3.Bucket;
        using var response = await s3.Client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
        var value = await read(response, cancellationToken).ConfigureAwait(false);
        return new Found<T>(value, ToVersion(response.ETag), response.Metadata[Nonce]);
    }

    // If a body of unknown length is not read, the SDK treats it as broken.
    private static Task<ReadOnlyMemory<byte>?> ReadAllAsync(GetObjectResponse response, CancellationToken cancellationToken) =>
        S3Body.ReadAsync(response, StatusDocument.MaxBytes, cancellationToken);

    private static bool IsMissingOrDenied(AmazonS3Exception refusal) => S3Errors.IsMissingKey(refusal) || S3Errors.IsAccessDenied(refusal);

    private sealed record Found<T>(T Value, string Version, string? Nonce);
    private sealed record Listing(bool Allowed, long KnownAt);
}
