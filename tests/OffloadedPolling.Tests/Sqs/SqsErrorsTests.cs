using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.SQS;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Tests.Sqs;

/// <summary>Tests how the errors of SQS are reported.</summary>
public sealed class SqsErrorsTests
{
    private static readonly AmazonSQSConfig _config = new() { RegionEndpoint = RegionEndpoint.EUWest1 };

    private const string Queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/letters";

    [Theory]
    [InlineData("QueueDoesNotExist", "the queue does not exist")]
    [InlineData("AWS.SimpleQueueService.NonExistentQueue", "the queue does not exist")]
    [InlineData("InvalidAddress", "correct QueueUrl")]
    [InlineData("AccessDenied", "Grant sqs:SendMessage")]
    [InlineData("AccessDeniedException", "Grant sqs:SendMessage")]
    [InlineData("KmsAccessDenied", "kms:GenerateDataKey")]
    [InlineData("KMS.AccessDeniedException", "kms:GenerateDataKey")]
    [InlineData("KmsDisabled", "Enable the key")]
    [InlineData("RequestThrottled", "raise the quota")]
    [InlineData("OverLimit", "120,000 messages")]
    [InlineData("RequestExpired", "Set the machine's clock.")]
    [InlineData("ExpiredToken", "the credentials were rejected")]
    [InlineData("SignatureDoesNotMatch", "the credentials were rejected")]
    [InlineData("UnsupportedOperation", "SQS returned UnsupportedOperation: As told.")]
    [InlineData("InternalFailure", "SQS returned InternalFailure: As told.")]
    public void ToQueueException_ErrorCode_ExplainsTheFix(string code, string expected) =>
        SqsErrors.ToQueueException("send to", Queue, _config, Error(code)).Message.Should().StartWith($"Could not send to the queue "
            + $"'{Queue}': ").And.Contain(expected);

    [Fact]
    public void ToQueueException_NoResponse_ReportsUnreachable() =>
        SqsErrors.ToQueueException("send to", Queue, _config, new HttpRequestException("refused")).Message.Should().Contain(
            "could not be reached (refused)");

    [Theory]
    [InlineData("MD5 hash mismatch", true)]
    [InlineData("Attribute MD5 hash mismatch for message id m1", true)]
    [InlineData("anything else", false)]
    public void IsCorrupt_OnlyForChecksumMismatch_ReturnsTrue(string message, bool corrupt) =>
        SqsErrors.IsCorrupt(new AmazonSQSException(message)).Should().Be(corrupt);

    [Theory]
    [InlineData(
        "InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.", 400, true, true)]
    [InlineData("InvalidParameterValueException", "Value for parameter is invalid.", 400, false, true)]
    [InlineData("RequestEntityTooLarge", "Too large.", 413, true, true)]
    [InlineData("AccessDenied", "Access is denied.", 403, false, false)]
    [InlineData("ServiceUnavailable", "Try later.", 503, false, false)]
    public void IsTooLarge_OnlyForSizeErrors_ReturnsTrue(string code, string message, int status, bool isTooLarge, bool mayBe)
    {
        var error = Error(code, message, status);

        (SqsErrors.IsTooLarge(error), SqsErrors.MayBeTooLarge(error)).Should().Be((isTooLarge, mayBe));
    }

    [Theory]
    [InlineData("InvalidMessageContents", true)]
    [InlineData("InvalidParameterValue", false)]
    public void IsInvalidContents_OnlyForInvalidCharacters_ReturnsTrue(string code, bool expected) =>
        SqsErrors.IsInvalidContents(Error(code)).Should().Be(expected);

    private static AmazonSQSException Error(string code, string message = "As told.", int status = 400) =>
        new(message, ErrorType.Sender, code, "request", (HttpStatusCode)status);
}
