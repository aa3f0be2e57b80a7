using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Status;
using OffloadedPolling.Urls;

namespace OffloadedPolling.Provisioning;

/// <summary>The result of writing and reading an object.</summary>
/// <param name="Client">What failed with the client's own requests; <see langword="null"/> if nothing.</param>
/// <param name="Presigned">What failed with a presigned read; <see langword="null"/> if nothing.</param>
/// <param name="Leftover">What is to be said of an object that could not be deleted; <see langword="null"/> if it was.</param>
internal sealed record ProbeResult(string? Client, string? Presigned, string? Leftover);

/// <summary>Writes and reads an object as hosts, workers and callers do, and deletes it.</summary>
internal sealed class BucketProbe(S3Connection s3, IPresignedUrlIssuer issuer, S3HttpClient http, TimeProvider time, ILogger<BucketProbe> logger)
{
    private static readonly TimeSpan _urlLifetime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan _deletion = TimeSpan.FromSeconds(10);

    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        var key = $"{s3.KeyPrefix}bucket-probe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

        // Empty: when a write is refused before its body is read, Ceph's gateway takes the body for the next request on the connection.
        var request = new PutObjectRequest { BucketName = s3.Bucket, Key = key, InputStream = new MemoryStream(), UseChunkEncoding = false };
        string? client = null, presigned = null, leftover = null;
        try
        {
            client = await TryAsync("Writing an object", () => s3.Client.PutObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (client is null)
            {
                client = await TryAsync("Reading an object", () => ReadAsync(key, cancellationToken), cancellationToken).ConfigureAwait(false);
                presigned = await TryAsync("A presigned read", () => ReadPresignedAsync(key, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            leftover = await DeleteAsync(key).ConfigureAwait(false);
        }

        return new ProbeResult(client, presigned, leftover);
    }

    // Whoever cancels still wants no object left.
    private async Task<string?> DeleteAsync(string key)
    {
        using var timeout = new CancellationTokenSource(_deletion, time);
        var failure = await TryAsync("Deleting the object", () => s3.Client.DeleteObjectAsync(s3.Bucket, key, timeout.Token), CancellationToken.None)
            .ConfigureAwait(false);
        if (failure is null)
        {
            return null;
        }

        var leftover = $"The object '{key}', if it was written, stays until it expires: {failure}";
        Log.BucketProbeObjectLeft(logger, s3.Bucket, leftover);
        return leftover;
    }

    private async Task ReadAsync(string key, CancellationToken cancellationToken)
    {
        using var response = await s3.Client.GetObjectAsync(s3.Bucket, key, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadPresignedAsync(string key, CancellationToken cancellationToken)
    {
        var url = await issuer.IssueAsync(key, _urlLifetime, cancellationToken).ConfigureAwait(false);
        using var response = await http.Client.GetAsync(new Uri(url.Value), cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<string?> TryAsync(string what, Func<Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await call().ConfigureAwait(false);
            return null;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken) || failed is StatusUrlException)
        {
            return $"{what} failed: {BucketConfiguration.Describe(failed)}";
        }
    }
}
