using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace OffloadedPolling.Provisioning;

/// <summary>A server's refusal in words, with the permission that is missing where that is known.</summary>
internal static class Refusal
{
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
    private static readonly Dictionary<string, string> _permissions = new()
    {
        ["policy"] = "BucketPolicy",
        ["policyStatus"] = "BucketPolicyStatus",
        ["lifecycle"] = "LifecycleConfiguration",
        ["cors"] = "BucketCORS",
        ["encryption"] = "EncryptionConfiguration",
        ["publicAccessBlock"] = "BucketPublicAccessBlock",
        ["versioning"] = "BucketVersioning",
    };

    public static string Words(Exception failed) => failed switch
    {
        AmazonServiceException { ErrorCode: { Length: > 0 } code } service => $"{code}{(string.IsNullOrEmpty(service.Message) || service.Message == code ? "" : $" ({service.Message.TrimEnd('.')})")}.",
        _ => $"{failed.Message.TrimEnd('.')}.",
    };

    public static string ToRead(string resource, Exception failed) =>
        $"The server does not tell it: {Words(failed)}{WhatToDo(failed, $"s3:Get{_permissions[(failed as BucketRefusalException)?.Resource ?? resource]}")}";

    public static string ToWrite(string resource, Exception failed) => $"The server refuses it: {Words(failed)}{WhatToDo(failed, $"s3:Put{_permissions[resource]}")}";

    /// <summary>Whether nothing at all can be done with the bucket: it does not exist, or the keys are nobody's.</summary>
    public static bool IsOfTheWholeBucket(Exception failed) => failed is not AmazonS3Exception
        || failed is AmazonS3Exception
        {
            ErrorCode: "NoSuchBucket" or "ExpiredToken" or "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "RequestTimeTooSkewed"
                or "PermanentRedirect" or "AuthorizationHeaderMalformed"
        };

    /// <summary>Whether a write may have been done all the same.</summary>
    public static bool LeavesOpen(AmazonS3Exception failed) => (int)failed.StatusCode >= 500 && failed.StatusCode != HttpStatusCode.NotImplemented;

    private static string WhatToDo(Exception failed, string permission) => failed is AmazonS3Exception { ErrorCode: "AccessDenied" }
        ? $" Grant {permission}, or switch the part off."
        : failed is AmazonS3Exception { ErrorCode: "NotImplemented" or "MethodNotAllowed" or "InvalidArgument" or "MalformedXML" }
            ? " A server that does not know it does without: switch the part off."
            : "";
}
