using System.Security.Cryptography;
using Amazon.S3.Model;
using OffloadedPolling.Status;

namespace OffloadedPolling.Bucket;

/// <summary>Writes and reads an object as hosts, workers and callers do, and deletes it.</summary>
internal sealed class BucketProbe(S3Connection s3, IPresignedUrlIssuer issuer, BucketHttp http)
{
    private static readonly TimeSpan _urlLifetime = TimeSpan.FromMinutes(1);

    public async Task<ProbeResult> RunAsync(CancellationToken cancel)
    {
        var key = $"{s3.KeyPrefix}bucket-probe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var written = await TryAsync("Writing an object", () => WriteAsync(key, cancel), cancel).ConfigureAwait(false);
        if (written is not null)
        {
            return new ProbeResult(written, null, null);
        }

        var read = await TryAsync("Reading an object", () => ReadAsync(key, cancel), cancel).ConfigureAwait(false);
        var presigned = await TryAsync("A presigned read", () => ReadPresignedAsync(key, cancel), cancel).ConfigureAwait(false);
        var deleted = await TryAsync("Deleting the object", () => s3.Client.DeleteObjectAsync(s3.Bucket, key, cancel), cancel).ConfigureAwait(false);
        return new ProbeResult(read, presigned, deleted is null ? null : $"The object '{key}' stays until the prefix's expiry takes it: {deleted}");
    }

    // Empty: of a write that is refused before its body is read, Ceph's gateway takes the body for the next request on the connection.
    private Task<PutObjectResponse> WriteAsync(string key, CancellationToken cancel) => s3.Client.PutObjectAsync(
        new PutObjectRequest { BucketName = s3.Bucket, Key = key, InputStream = new MemoryStream(), UseChunkEncoding = false }, cancel);

    private async Task ReadAsync(string key, CancellationToken cancel)
    {
        using var response = await s3.Client.GetObjectAsync(s3.Bucket, key, cancel).ConfigureAwait(false);
    }

    private async Task ReadPresignedAsync(string key, CancellationToken cancel)
    {
        var url = await issuer.IssueAsync(key, _urlLifetime, cancel).ConfigureAwait(false);
        using var response = await http.Client.GetAsync(new Uri(url.Value), cancel).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<string?> TryAsync(string what, Func<Task> act, CancellationToken cancel)
    {
        try
        {
            await act().ConfigureAwait(false);
            return null;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancel) || failed is StatusUrlException)
        {
            return $"{what} failed: {Refusal.Words(failed)}";
        }
    }
}
