using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Status;

/// <summary>Status documents as S3 objects, written with <c>If-None-Match: *</c> and <c>If-Match</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html</remarks>
internal sealed class S3OperationStatusStore(
    S3Connection s3,
    IOptions<OffloadedPollingOptions> options,
    TimeProvider time,
    ILogger<S3OperationStatusStore> logger) : IOperationStatusStore
{
    private const string KeySuffix = ".json";

    private const int MaxTries = 8;

    // Never an operation's: ids are random.
    private static readonly string _nobodysId = new('0', 32);

    private int _ambiguousDenialLogged;

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

    public Task<StoredOperation> CreateAsync(OperationStatus status, OperationMetadata metadata, CancellationToken cancel) =>
        WriteAsync(status, metadata, expectedVersion: null, cancel);

    public Task<StoredOperation> UpdateAsync(OperationStatus status, OperationMetadata metadata, string version, CancellationToken cancel) =>
        WriteAsync(status, metadata, version, cancel);

    public async Task<StoredOperation?> GetAsync(string id, CancellationToken cancel) =>
        await ReadAsync(id, cancel).ConfigureAwait(false) is { } found ? found.Operation : null;

    public async Task<StoredOperation?> GetIfChangedAsync(string id, string version, CancellationToken cancel) =>
        await ReadAsync(id, cancel, version).ConfigureAwait(false) is { } found ? found.Operation : null;

    public Task CheckAsync(CancellationToken cancel) => ReadAsync(_nobodysId, cancel);

    private async Task<StoredOperation> WriteAsync(OperationStatus status, OperationMetadata metadata, string? expectedVersion, CancellationToken cancel)
    {
        var key = GetStatusKey(status.Id);
        var document = StatusDocument.Write(status, options.Value.MaxDocumentBytes);
        var nonce = RandomNumberGenerator.GetHexString(16, lowercase: true);
        for (var tries = 1; ; tries++)
        {
            // A request can be sent once: its stream is read to the end.
            var request = S3StatusObject.ToRequest(s3.Bucket, key, document, metadata, nonce);
            request.IfNoneMatch = expectedVersion is null ? "*" : null;
            request.IfMatch = expectedVersion;
            try
            {
                var response = await s3.Client.PutObjectAsync(request, cancel).ConfigureAwait(false);
                return new StoredOperation(status, metadata, S3StatusObject.ToVersion(response.ETag));
            }
            catch (AmazonS3Exception lost) when (S3Errors.IsLostRace(lost))
            {
                // Also the answer to the SDK's retry of a write that had succeeded behind a 500.
                if (await FindOwnWriteAsync(status.Id, nonce, expectedVersion, cancel).ConfigureAwait(false) is { } written)
                {
                    return written;
                }

                // 409 says that another write was under way, not that it won.
                if (lost.StatusCode != HttpStatusCode.Conflict || tries == MaxTries)
                {
                    throw new OperationStatusConflictException(key, lost);
                }
            }
            catch (Exception failed) when (AwsFailure.Is(failed, cancel))
            {
                throw S3Errors.ToStoreException("write", s3.Bucket, key, failed);
            }

            await Backoff.DelayAsync(time, tries, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The document, if it is this writer's; a conflict, if it is a third one; else <see langword="null"/>.</summary>
    private async Task<StoredOperation?> FindOwnWriteAsync(string id, string nonce, string? expectedVersion, CancellationToken cancel)
    {
        var found = await ReadAsync(id, cancel).ConfigureAwait(false);
        if (found?.Nonce == nonce)
        {
            return found.Value.Operation;
        }

        return found?.Operation.Version == expectedVersion ? null : throw new OperationStatusConflictException(GetStatusKey(id));
    }

    /// <summary>The document; <see langword="null"/> if there is none, or none but the known version.</summary>
    private async Task<(StoredOperation Operation, string? Nonce)?> ReadAsync(string id, CancellationToken cancel, string? knownVersion = null)
    {
        var key = GetStatusKey(id);
        var request = new GetObjectRequest { BucketName = s3.Bucket, Key = key, EtagToNotMatch = knownVersion is null ? null : $"\"{knownVersion}\"" };
        try
        {
            using var response = await s3.Client.GetObjectAsync(request, cancel).ConfigureAwait(false);
            return await S3StatusObject.FromResponseAsync(id, key, response, cancel).ConfigureAwait(false);
        }
        catch (AmazonS3Exception nothing) when (S3Errors.IsMissingKey(nothing) || nothing.StatusCode == HttpStatusCode.NotModified)
        {
            return null;
        }
        catch (AmazonS3Exception denied) when (S3Errors.IsAccessDenied(denied))
        {
            // Without s3:ListBucket, S3 answers 403 for a key that does not exist.
            if (Interlocked.Exchange(ref _ambiguousDenialLogged, 1) == 0)
            {
                Log.ReadDeniedTakenAsMissing(logger, s3.Bucket, s3.KeyPrefix);
            }

            return null;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancel))
        {
            throw S3Errors.ToStoreException("read", s3.Bucket, key, failed);
        }
    }
}
