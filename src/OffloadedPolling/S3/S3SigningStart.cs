using System.Web;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Hosting;

namespace OffloadedPolling.S3;

/// <summary>The access key and region that the SDK signs with, read from a URL that it signed.</summary>
internal readonly record struct SdkSignature(string AccessKey, string Region)
{
    public override string ToString() => $"{nameof(SdkSignature)} {{ Region = {Region} }}";

    /// <summary>Returns an exception if the client signs with other keys; otherwise, <see langword="null"/>.</summary>
    // A decorator hides the credentials of the client that it wraps.
    public StatusUrlException? MismatchWith(IAmazonS3 client, SigningCredentials keys) =>
        client is AmazonServiceClient || AccessKey == keys.Keys.AccessKey
            ? null
            : new StatusUrlException(
                $"The registered IAmazonS3 ({client.GetType()}) signs with credentials that this library cannot find. Return the "
                + "credentials of the wrapped client from its Config.DefaultAWSCredentials, or register the AmazonS3Client itself.");

    /// <summary>Reads a URL that the SDK signs.</summary>
    /// <exception cref="StatusUrlException">The client signs with another signature version.</exception>
    public static async Task<SdkSignature> LearnAsync(S3Connection s3, TimeProvider time)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = s3.Bucket,
            Key = s3.KeyPrefix,
            Expires = time.GetUtcNow().UtcDateTime.AddHours(1),
            // By default, the SDK writes https for every address.
            Protocol = s3.GetEndpoint(s3.KeyPrefix).Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
        };
        var query = HttpUtility.ParseQueryString(new Uri(await s3.Client.GetPreSignedURLAsync(request).ConfigureAwait(false)).Query);
        return query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
            && query["X-Amz-Credential"]?.Split('/') is [var accessKey, _, var region, "s3", _]
            ? new SdkSignature(accessKey, region)
            : throw new StatusUrlException(
                $"The S3 client signs URLs with '{query["X-Amz-Algorithm"] ?? "signature version 2"}', which status URLs cannot use. "
                + "Use a single-region bucket and Signature Version 4.");
    }
}

/// <summary>
/// Stops the start if the registered <c>IAmazonS3</c> hides its credentials: a decorator whose client signs with keys other than those
/// for status URLs.
/// </summary>
internal sealed class S3SigningStart(
    IPresignedUrlIssuer issuer, S3Connection s3, SigningCredentialsSource credentials, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The host's own issuer is not checked.
        if (issuer is S3PresignedUrlIssuer
            && s3.Client is not AmazonServiceClient && await FindMismatchAsync().ConfigureAwait(false) is { } hidden)
        {
            throw hidden;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<StatusUrlException?> FindMismatchAsync()
    {
        try
        {
            var keys = await credentials.TakeAsync(TimeSpan.Zero).ConfigureAwait(false);
            return (await SdkSignature.LearnAsync(s3, time).ConfigureAwait(false)).MismatchWith(s3.Client, keys);
        }
        catch (Exception unknown) when (unknown is StatusUrlException or OperationStoreException or ArgumentException
            || AwsFailure.Is(unknown, CancellationToken.None))
        {
            // Without keys or a URL, there is nothing to compare. The health check reports the cause.
            return null;
        }
    }
}
