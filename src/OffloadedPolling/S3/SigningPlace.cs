using System.Web;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace OffloadedPolling.S3;

/// <summary>What the SDK signs with, learned from a URL that it signed.</summary>
/// <param name="AccessKey">The access key's id.</param>
/// <param name="Region">The bucket's region.</param>
internal readonly record struct SdkSignature(string AccessKey, string Region)
{
    public override string ToString() => $"{nameof(SdkSignature)} {{ Region = {Region} }}";

    /// <summary>
    /// Returns why status URLs cannot be signed with the keys, if the client signs with others; otherwise <see langword="null"/>.
    /// </summary>
    // A decorator does not show the credentials of the client in it.
    public StatusUrlException? WhyNotOf(IAmazonS3 client, SigningCredentials keys) =>
        client is AmazonServiceClient || AccessKey == keys.Keys.AccessKey
            ? null
            : new StatusUrlException(
                $"The registered IAmazonS3 ({client.GetType()}) signs with other credentials than this library finds. Return the "
                + "credentials of the wrapped client from its Config.DefaultAWSCredentials, or register the AmazonS3Client itself.");
}

/// <summary>What a signature needs to know of the bucket's place, learned from the SDK: its region, and its clock.</summary>
internal static class SigningPlace
{
    /// <summary>Has the SDK sign one URL, and reads it.</summary>
    /// <exception cref="StatusUrlException">The client signs with another signature version.</exception>
    public static async Task<SdkSignature> LearnAsync(S3Connection s3, TimeProvider time)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = s3.Bucket,
            Key = s3.KeyPrefix,
            Expires = time.GetUtcNow().UtcDateTime.AddHours(1),
            // The SDK writes https whatever the address says, unless told.
            Protocol = s3.GetEndpoint(s3.KeyPrefix).Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
        };
        var query = HttpUtility.ParseQueryString(new Uri(await s3.Client.GetPreSignedURLAsync(request).ConfigureAwait(false)).Query);
        return query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
            && query["X-Amz-Credential"]?.Split('/') is [var accessKey, _, var region, "s3", _]
            ? new SdkSignature(accessKey, region)
            : throw new StatusUrlException(
                $"The S3 client signs URLs with '{query["X-Amz-Algorithm"] ?? "signature version 2"}', which status URLs cannot use. "
                + "Use a bucket of one region and signature version 4.");
    }

    /// <summary>The server's time, as the SDK has learnt to correct it.</summary>
    /// <param name="client">The S3 client.</param>
    /// <param name="clockName">The name under which the SDK keeps the address's correction.</param>
    /// <param name="time">This machine's clock.</param>
    public static DateTimeOffset ServerNow(IAmazonS3 client, string clockName, TimeProvider time) =>
        time.GetUtcNow() + (AWSConfigs.ManualClockCorrection ?? (AWSConfigs.CorrectForClockSkew && !client.Config.DisableClockSkewCorrection
            ? CorrectClockSkew.GetClockCorrectionForEndpoint(clockName)
            : TimeSpan.Zero));
}
