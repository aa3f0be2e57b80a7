using System.Net;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace OffloadedPolling.Sqs;

/// <summary>Explains errors of SQS and what to do about them.</summary>
internal static class SqsErrors
{
    /// <summary>
    /// Returns whether SQS rejected the request because the message would be hidden for more than 12 hours after its receipt. This receiver
    /// still owns the message.
    /// </summary>
    /// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html</remarks>
    public static bool IsVisibilityLimit(AmazonServiceException error) =>
        error.ErrorCode is "InvalidParameterValue" or "InvalidParameterValueException"
        && error.Message.Contains("Total VisibilityTimeout", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Returns whether this receiver no longer owns the message: it was deleted, or its visibility timeout ended.
    /// </summary>
    /// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html</remarks>
    public static bool IsLostMessage(AmazonServiceException error) => error.ErrorCode is
        "MessageNotInflight" or "AWS.SimpleQueueService.MessageNotInflight"
        or "ReceiptHandleIsInvalid" or "InvalidParameterValue" or "InvalidParameterValueException";

    /// <summary>Returns whether the SDK, not the service, found a message that does not match its checksum.</summary>
    public static bool IsCorrupt(Exception error) =>
        error is AmazonSQSException { ErrorCode: null or "" } && error.Message.Contains("MD5 hash mismatch", StringComparison.Ordinal);

    /// <summary>Returns whether the body has characters that SQS never accepts.</summary>
    public static bool IsInvalidContents(AmazonServiceException error) =>
        error is InvalidMessageContentsException || error.ErrorCode is "InvalidMessageContents";

    /// <summary>Returns whether the message exceeds the <c>MaximumMessageSize</c> of the queue.</summary>
    public static bool IsTooLarge(AmazonServiceException error) =>
        error.StatusCode == HttpStatusCode.RequestEntityTooLarge
        || error.Message.Contains("must be shorter than", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns whether the message may be too large. SQS reports only an invalid parameter, in words that may change.</summary>
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
                    "Enable the key. Grant kms:GenerateDataKey and kms:Decrypt on it to hosts, and kms:Decrypt to workers."),
            "RequestThrottled" or "ThrottlingException" or "Throttling" or "OverLimit" or "AWS.SimpleQueueService.OverLimit" => (
                $"an SQS quota is exceeded ({code}: {error.Message})",
                "Wait, or raise the quota: requests per second, or 120,000 messages that are received but not yet deleted."),
            "RequestExpired" or "RequestTimeTooSkewed" => ($"the clock is wrong ({code})", "Set the machine's clock."),
            "AccessDenied" or "AccessDeniedException" => ("access is denied",
                "Grant sqs:SendMessage and sqs:GetQueueAttributes to hosts, and sqs:ReceiveMessage, sqs:DeleteMessage, "
                + "sqs:ChangeMessageVisibility and sqs:GetQueueAttributes to workers."),
            "ExpiredToken" or "ExpiredTokenException" or "InvalidClientTokenId" or "UnrecognizedClientException" or "SignatureDoesNotMatch"
                or "InvalidSignatureException" or "IncompleteSignature" or "InvalidSecurity" or "MissingAuthenticationToken"
                or "MissingAuthenticationTokenException" or "OptInRequired" => ($"the credentials were rejected ({code})",
                AwsFailure.HowToCheckCredentials),
            _ when IsCorrupt(error) =>
                ($"a message and its checksum do not match ({error.Message}): it was altered between SQS and this process",
                    "Find the proxy or network device that alters responses."),
            { Length: > 0 } => ($"SQS returned {code}: {error.Message}", "See the inner exception."),
            _ => AwsFailure.WithoutAnswer("SQS", config, error),
        };
        return new OperationQueueException($"Could not {verb} the queue '{queueUrl}': {what}. {whatToDo}", error);
    }
}
