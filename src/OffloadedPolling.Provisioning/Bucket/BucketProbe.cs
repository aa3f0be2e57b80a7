using OffloadedPolling.S3;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace OffloadedPolling.Provisioning;

/// <summary>Writes and reads an object as hosts, workers and callers do, and deletes it.</summary>
internal sealed class BucketProbe(S3Connection s3, IPresignedUrlIssuer issuer, S3HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan _urlLifetime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan _deletion = TimeSpan.FromSeconds(10);

    /// <param name="leftovers">Takes what is to be said of an object that could not be deleted.</param>
    /// <param name="cancel">Gives up; the object is deleted all the same.</param>
    public async Task<ProbeResult> RunAsync(ICollection<string> leftovers, CancellationToken cancel)
    {
        var key = $"{s3.KeyPrefix}bucket-probe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var mayBeThere = true;
        try
        {
            var written = await TryAsync("Writing an object", () => WriteAsync(key, cancel), cancel, refused => mayBeThere = Refusal.LeavesOpen(refused)).ConfigureAwait(false);
            return written is not null
                ? new ProbeResult(written, null)
                : new ProbeResult(
                    await TryAsync("Reading an object", () => ReadAsync(key, cancel), cancel).ConfigureAwait(false),
                    await TryAsync("A presigned read", () => ReadPresignedAsync(key, cancel), cancel).ConfigureAwait(false));
        }
        finally
        {
            if (mayBeThere && await DeleteAsync(key).ConfigureAwait(false) is { } failure)
            {
                leftovers.Add($"The object '{key}' stays until the prefix's expiry takes it: {failure}");
            }
        }
    }

    // Whoever gave up still wants no object of the probe's left.
    private async Task<string?> DeleteAsync(string key)
    {
        using var enough = new CancellationTokenSource(_deletion, time);
        return await TryAsync("Deleting the object", () => s3.Client.DeleteObjectAsync(s3.Bucket, key, enough.Token), CancellationToken.None).ConfigureAwait(false);
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

    private static async Task<string?> TryAsync(string what, Func<Task> act, CancellationToken cancel, Action<AmazonS3Exception>? onRefusal = null)
    {
        try
        {
            await act().ConfigureAwait(false);
            return null;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancel) || failed is StatusUrlException)
        {
            if (failed is AmazonS3Exception refused)
            {
                onRefusal?.Invoke(refused);
            }

            return $"{what} failed: {Refusal.Words(failed)}";
        }
    }
}
