using System.Web;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using OffloadedPolling.Status;

namespace OffloadedPolling.Urls;

/// <summary>What a signature needs to know of the bucket's place, learnt from the SDK: its region, and its clock.</summary>
internal static class SigningPlace
{
    /// <summary>Has the SDK sign one URL, and takes the region from it.</summary>
    /// <exception cref="StatusUrlException">The client signs with another signature version.</exception>
    public static async Task<string> LearnRegionAsync(S3Connection s3, TimeProvider time)
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
        return query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256" && query["X-Amz-Credential"]?.Split('/') is [_, _, var region, "s3", _]
            ? region
            : throw new StatusUrlException(
                $"The S3 client signs URLs with '{query["X-Amz-Algorithm"] ?? "signature version 2"}', which status URLs cannot use. Use a bucket of one region and signature version 4.");
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
