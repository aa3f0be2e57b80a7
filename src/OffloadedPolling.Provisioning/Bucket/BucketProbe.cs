using System.Security.Cryptography;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using OffloadedPolling.S3;

namespace OffloadedPolling.Provisioning;

internal sealed record ProbeResult(bool Passed, string Description);

/// <summary>Writes and reads a test object like hosts, workers and callers, and deletes it.</summary>
internal sealed class BucketProbe(
    S3Connection s3, IPresignedUrlIssuer issuer, S3HttpClient http, TimeProvider time, ILogger<BucketProbe> logger)
{
    private static readonly TimeSpan _urlLifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _deletion = TimeSpan.FromSeconds(10);

    /// <param name="mayBeExcluded"><see langword="true"/> if the network part may deny a presigned read from this machine.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The object is always deleted.</param>
    public async Task<ProbeResult> RunAsync(bool mayBeExcluded, CancellationToken cancellationToken)
    {
        var key = $"{s3.KeyPrefix}bucket-probe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        string? failure, presigned, leftover;
        try
        {
            failure = await TryAsync("Writing an object", () => WriteAsync(key, cancellationToken), cancellationToken).ConfigureAwait(false)
                ?? await TryAsync("Reading an object", () => ReadAsync(key, cancellationToken), cancellationToken).ConfigureAwait(false);
            presigned = failure ?? await TryAsync(
                "A presigned read", () => ReadPresignedAsync(key, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The object is deleted even after a cancellation.
            using var timeout = new CancellationTokenSource(_deletion, time);
            leftover = await TryAsync(
                $"The object '{key}' may remain until it expires: deleting it",
                () => s3.Client.DeleteObjectAsync(s3.Bucket, key, timeout.Token), CancellationToken.None).ConfigureAwait(false);
            if (leftover is not null)
            {
                Log.BucketProbeObjectLeft(logger, s3.Bucket, leftover);
            }
        }

        failure ??= mayBeExcluded ? null : presigned;
        var description = failure ?? (presigned is null
            ? "Writing, reading and a presigned read work."
            : $"Writing and reading work. A presigned read from this machine does not, possibly because of the Network part: {presigned}");
        return new ProbeResult(failure is null, $"{description} {leftover}".TrimEnd());
    }

    // Empty: if a write is rejected before its body is read, Ceph's gateway treats the body as the next request.
    private Task<PutObjectResponse> WriteAsync(string key, CancellationToken cancellationToken) => s3.Client.PutObjectAsync(
        new PutObjectRequest { BucketName = s3.Bucket, Key = key, InputStream = new MemoryStream(), UseChunkEncoding = false },
        cancellationToken);

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
