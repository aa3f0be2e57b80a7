using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace OffloadedPolling.S3;

/// <summary>Explains errors of S3 and what to do about them.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html</remarks>
internal static class S3Errors
{
    /// <summary>
    /// 412: the condition did not hold. 409: another conditional write was in progress. 404 for a write: the object was deleted.
    /// </summary>
    public static bool IsLostRace(AmazonS3Exception error) =>
        error.StatusCode is HttpStatusCode.PreconditionFailed
        || error is { StatusCode: HttpStatusCode.Conflict, ErrorCode: "ConditionalRequestConflict" or "OperationAborted" }
        || IsMissingKey(error);

    public static bool IsMissingKey(AmazonS3Exception error) => error is { StatusCode: HttpStatusCode.NotFound, ErrorCode: "NoSuchKey" };

    public static bool IsAccessDenied(AmazonS3Exception error) =>
        error is { StatusCode: HttpStatusCode.Forbidden, ErrorCode: "AccessDenied" };

    public static OperationStoreException ToStoreException(string doing, S3Connection s3, string key, Exception error)
    {
        var bucket = s3.Bucket;
        var code = (error as AmazonServiceException)?.ErrorCode;
        var (what, whatToDo) = code switch
        {
            _ when error is AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented } =>
                ($"the server does not support it ({code})", "Use an S3 server that supports conditional writes (If-None-Match and "
                    + "If-Match)."),
            "NoSuchBucket" => ("the bucket does not exist",
                $"Create it, or correct S3:BucketName, the region (AWS_REGION) or the address (AWS_ENDPOINT_URL_S3).{PathStyleHint(s3)}"),
            "AccessDenied" or "AllAccessDisabled" => ("access is denied",
                "Grant s3:GetObject, s3:PutObject and, for deletions, s3:DeleteObject on the objects of the bucket, and s3:ListBucket "
                + "on the bucket. Also check the policies of the bucket and of its encryption key."),
            "ExpiredToken" or "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "TokenRefreshRequired" =>
                ($"the credentials were rejected ({code})", AwsFailure.HowToCheckCredentials),
            "RequestTimeTooSkewed" => ("the clock is wrong (RequestTimeTooSkewed)", "Set the machine's clock."),
            "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
                ($"the bucket is in another region ({code}: {error.Message})", "Set AWS_REGION to the bucket's region."),
            { Length: > 0 } => ($"S3 returned {code}", "See the inner exception."),
            _ => AwsFailure.WithoutAnswer("S3", s3.Client.Config, error),
        };
        if (error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
        {
            whatToDo += PathStyleHint(s3);
        }

        return new OperationStoreException(
            $"Could not {doing} '{key}' in the bucket '{bucket}': {what}. {whatToDo}", error) { IsRefusal = IsRefusal(error) };
    }

    // Without path style, the SDK puts the bucket in front of the host name, which few S3-compatible servers support.
    private static string PathStyleHint(S3Connection s3) =>
        s3.CustomAddress is not null && s3.GetEndpoint(s3.KeyPrefix) is var endpoint && s3.IsVirtualHosted(endpoint)
            ? $" The bucket is part of the host name ('{endpoint.Authority}'); for most S3-compatible servers, set S3:ForcePathStyle to "
                + "true, or ForcePathStyle of the client that the host registers."
            : "";

    // 408 and 429 are transient, and a retry of a request that timed out may receive them.
    private static bool IsRefusal(Exception error) => error is AmazonServiceException
    {
        StatusCode: (>= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError) or HttpStatusCode.NotImplemented,
    } and not AmazonServiceException { StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests };
}
