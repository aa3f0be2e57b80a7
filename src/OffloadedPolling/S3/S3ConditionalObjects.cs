using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace OffloadedPolling.S3;

/// <summary>Objects of one sort, written with <c>If-None-Match: *</c> and <c>If-Match</c>, and what S3's answers to that come to.</summary>
/// <param name="s3">Where they lie.</param>
/// <param name="what">What one is called where it could not be read or written.</param>
/// <param name="time">The clock.</param>
/// <param name="onDenied">Is told, once, of a denial that was taken as "there is none".</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html</remarks>
internal sealed class S3ConditionalObjects(S3Connection s3, string what, TimeProvider time, Action onDenied)
{
    private const int MaxTries = 8;

    // Tells a writer its own write when S3 answers a retry of it with 412.
    private const string Nonce = "op-nonce";

    // A policy that changes is noticed within this time.
    private static readonly TimeSpan _listingIsKnownFor = TimeSpan.FromMinutes(1);

    private int _denialTold;

    private volatile Listing? _listing;

    // Ceph's gateway compares If-Match as it comes; AWS takes it with and without quotes.
    public static string ToVersion(string etag) => etag.Trim('"');

    /// <summary>The object; <see langword="null"/> if there is none, or none but the known version.</summary>
    public async Task<T?> ReadAsync<T>(
        string key, Func<GetObjectResponse, CancellationToken, Task<T>> read, CancellationToken cancellationToken,
        string? knownVersion = null)
        where T : class =>
        await FindAsync(key, read, cancellationToken, knownVersion).ConfigureAwait(false) is { } found ? found.Value : null;

    /// <summary>Writes an object if it is still the expected version; where that is <see langword="null"/>, if there is none.</summary>
    /// <param name="newRequest">Makes the request: one can be sent once, since its stream is read to the end.</param>
    /// <param name="expectedVersion">The version that was read.</param>
    /// <param name="written">Makes the result of the new version.</param>
    /// <param name="read">Reads what lies there after a lost race, which may be this write.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>What was written, or what S3 said when another writer came first.</returns>
    public async Task<(T? Written, Exception? Lost)> WriteAsync<T>(
        Func<PutObjectRequest> newRequest,
        string? expectedVersion,
        Func<string, T> written,
        Func<GetObjectResponse, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
        where T : class
    {
        var nonce = RandomNumberGenerator.GetHexString(16, lowercase: true);
        for (var tries = 1; ; tries++)
        {
            var request = Complete(newRequest(), expectedVersion, nonce);
            try
            {
                var response = await s3.Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
                return (written(ToVersion(response.ETag)), null);
            }
            catch (AmazonS3Exception lost) when (S3Errors.IsLostRace(lost))
            {
                // Also the answer to the SDK's retry of a write that had succeeded behind a 500.
                var found = await FindAsync(request.Key, read, cancellationToken).ConfigureAwait(false);
                if (found is { } own && own.Nonce == nonce)
                {
                    return (own.Value, null);
                }

                // 409 says that another write was under way, not that it won.
                if (found?.Version != expectedVersion || lost.StatusCode != HttpStatusCode.Conflict || tries == MaxTries)
                {
                    return (null, lost);
                }
            }
            catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
            {
                throw S3Errors.ToStoreException($"write the {what}", s3, request.Key, failed);
            }

            await Backoff.DelayAsync(time, tries, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes the object, whatever version it is. S3 does not say whether there was one.</summary>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await s3.Client.DeleteObjectAsync(s3.Bucket, key, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception nothing) when (S3Errors.IsMissingKey(nothing))
        {
            // As wanted. AWS answers 204, other servers may say so.
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException($"delete the {what}", s3, key, failed);
        }
    }

    /// <summary>
    /// Asks whether objects may be read; <see langword="false"/> where nobody can tell, since what is not there is denied as well.
    /// </summary>
    /// <param name="missingKey">The key of an object that is not there.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <exception cref="OperationStoreException">They may not, or cannot.</exception>
    public async Task<bool> MayReadAsync(string missingKey, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await s3.Client.GetObjectAsync(s3.Bucket, missingKey, cancellationToken).ConfigureAwait(false);

            // The SDK takes a body that is not read, and whose length it does not know, for a broken one.
            _ = await S3Body.ReadAsync(response, StatusDocument.MaxBytes, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception nothing) when (S3Errors.IsMissingKey(nothing))
        {
            return true;
        }
        catch (AmazonS3Exception denied) when (S3Errors.IsAccessDenied(denied))
        {
            // Who may list and is denied all the same may not read.
            return await MayListAsync(missingKey, cancellationToken).ConfigureAwait(false)
                ? throw S3Errors.ToStoreException($"read a {what}", s3, missingKey, denied)
                : false;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException($"read a {what}", s3, missingKey, failed);
        }
    }

    private async Task<bool> MayListAsync(string deniedKey, CancellationToken cancellationToken)
    {
        try
        {
            await s3.Client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = s3.Bucket, MaxKeys = 1 }, cancellationToken).ConfigureAwait(false);
            return Remember(allowed: true);
        }
        catch (AmazonS3Exception denied) when (S3Errors.IsAccessDenied(denied))
        {
            return Remember(allowed: false);
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException($"find out whether the {what} is missing or reading is denied:", s3, deniedKey, failed);
        }
    }

    private bool Remember(bool allowed)
    {
        _listing = new Listing(allowed, time.GetTimestamp());
        return allowed;
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
        // The default, aws-chunked with a trailing checksum, is refused or stored as the body by other S3 servers.
        request.UseChunkEncoding = false;
        return request;
    }

    private async Task<(T Value, string Version, string? Nonce)?> FindAsync<T>(
        string key, Func<GetObjectResponse, CancellationToken, Task<T>> read, CancellationToken cancellationToken,
        string? knownVersion = null)
    {
        var request = new GetObjectRequest
        {
            BucketName = s3.Bucket,
            Key = key,
            EtagToNotMatch = knownVersion is null ? null : $"\"{knownVersion}\"",
        };
        try
        {
            using var response = await s3.Client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
            return (await read(response, cancellationToken).ConfigureAwait(false), ToVersion(response.ETag), response.Metadata[Nonce]);
        }
        catch (AmazonS3Exception nothing) when (S3Errors.IsMissingKey(nothing) || nothing.StatusCode == HttpStatusCode.NotModified)
        {
            return null;
        }
        catch (AmazonS3Exception denied) when (S3Errors.IsAccessDenied(denied))
        {
            // Without s3:ListBucket, S3 answers 403 for a key that does not exist. With it, 403 means that reading is denied.
            if (await MayListAsKnownAsync(key, cancellationToken).ConfigureAwait(false))
            {
                throw S3Errors.ToStoreException($"read the {what}", s3, key, denied);
            }

            if (Interlocked.Exchange(ref _denialTold, 1) == 0)
            {
                onDenied();
            }

            return null;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException($"read the {what}", s3, key, failed);
        }
    }

    private sealed record Listing(bool Allowed, long KnownAt);
}
