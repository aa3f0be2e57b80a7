using System.Net;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace OffloadedPolling.Sqs;

/// <summary>What SQS's refusals mean, and what to do about them.</summary>
internal static class SqsErrors
{
    /// <summary>
    /// Whether a message would be hidden for more than twelve hours since its receipt. It is still this receiver's.
    /// </summary>
    /// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html</remarks>
    public static bool IsVisibilityLimit(AmazonServiceException error) =>
        error.ErrorCode is "InvalidParameterValue" or "InvalidParameterValueException"
        && error.Message.Contains("Total VisibilityTimeout", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The message is this receiver's no longer: it was deleted, or its visibility timeout is over.
    /// </summary>
    /// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html</remarks>
    public static bool IsLostMessage(AmazonServiceException error) => error.ErrorCode is
        "MessageNotInflight" or "AWS.SimpleQueueService.MessageNotInflight"
        or "ReceiptHandleIsInvalid" or "InvalidParameterValue" or "InvalidParameterValueException";

    /// <summary>The SDK found that a message and its checksum do not match. The service itself has said nothing.</summary>
    public static bool IsCorrupt(Exception error) =>
        error is AmazonSQSException { ErrorCode: null or "" } && error.Message.Contains("MD5 hash mismatch", StringComparison.Ordinal);

    /// <summary>The body has characters that SQS does not take: however often it is sent, it is refused.</summary>
    public static bool IsInvalidContents(AmazonServiceException error) =>
        error is InvalidMessageContentsException || error.ErrorCode is "InvalidMessageContents";

    /// <summary>The message is over the queue's <c>MaximumMessageSize</c>: however often it is sent, it is refused.</summary>
    public static bool IsTooLarge(AmazonServiceException error) =>
        error.StatusCode == HttpStatusCode.RequestEntityTooLarge
        || error.Message.Contains("must be shorter than", StringComparison.OrdinalIgnoreCase);

    /// <summary>It may be: SQS says only that a parameter is invalid, in words that may change.</summary>
    public static bool MayBeTooLarge(AmazonServiceException error) =>
        IsTooLarge(error) || error.ErrorCode is "InvalidParameterValue" or "InvalidParameterValueException";

    public static bool MayBeAboutMessage(AmazonServiceException error) => IsInvalidContents(error) || MayBeTooLarge(error);

    public static OperationQueueException ToQueueException(string verb, string queueUrl, IClientConfig? config, Exception error)
    {
        var code = (error as AmazonServiceException)?.ErrorCode;
        var (what, whatToDo) = code switch
        {
            _ when error is AmazonServiceException && SqsRegions.Mismatch(queueUrl, config) is { } mismatch => mismatch,
            "AWS.SimpleQueueService.NonExistentQueue" or "QueueDoesNotExist" or "InvalidAddress" => ("the queue does not exist",
                "Create it, or correct QueueUrl, the region (AWS_REGION) or the address (AWS_ENDPOINT_URL_SQS)."),
            { } key when key.StartsWith("KMS", StringComparison.OrdinalIgnoreCase) =>
                ($"the key that encrypts the queue cannot be used ({code}: {error.Message})",
                    "Enable the key, and allow kms:GenerateDataKey and kms:Decrypt on it to hosts, kms:Decrypt to workers."),
            "RequestThrottled" or "ThrottlingException" or "Throttling" or "OverLimit" or "AWS.SimpleQueueService.OverLimit" => (
                $"SQS takes no more at the moment ({code}: {error.Message})",
                "Wait, or raise the quota: requests a second, or 120,000 messages received and not yet deleted."),
            "RequestExpired" or "RequestTimeTooSkewed" => ($"the request's time is wrong ({code})", "Set this machine's clock."),
            "AccessDenied" or "AccessDeniedException" => ("access is denied",
                "Allow sqs:SendMessage and sqs:GetQueueAttributes to hosts, sqs:ReceiveMessage, sqs:DeleteMessage, "
                + "sqs:ChangeMessageVisibility and sqs:GetQueueAttributes to workers."),
            "ExpiredToken" or "ExpiredTokenException" or "InvalidClientTokenId" or "UnrecognizedClientException" or "SignatureDoesNotMatch"
                or "InvalidSignatureException" or "IncompleteSignature" or "InvalidSecurity" or "MissingAuthenticationToken"
                or "MissingAuthenticationTokenException" or "OptInRequired" => ($"the credentials are refused ({code})",
                "Check the credentials that the AWS SDK finds: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, or the role."),
            _ when IsCorrupt(error) =>
                ($"a message and its checksum do not match ({error.Message}): it was altered between SQS and this process",
                    "Look for a proxy or a network device that does so."),
            { Length: > 0 } => ($"SQS answered {code}: {error.Message}", "See the inner exception."),
            _ => AwsFailure.WithoutAnswer("SQS", config, error),
        };
        return new OperationQueueException($"Could not {verb} the queue '{queueUrl}': {what}. {whatToDo}", error);
    }
}
