using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqs;

/// <summary>Tests the validation of queue URLs at startup.</summary>
public sealed class SqsOperationOptionsValidatorTests
{
    [Theory]
    [InlineData("Operations:letters:QueueUrl", "", "OffloadedPolling:Operations:letters:QueueUrl is missing")]
    [InlineData("Operations:letters:QueueUrl", "letters", "is 'letters', which is not a queue URL")]
    [InlineData("Operations:letters:QueueUrl", "https://sqs/1/letters.fifo", "FIFO")]
    public void Validate_InvalidSetting_ReportsValueAndFix(string key, string value, string expected) =>
        StartFailures.OnAws(key, value).Should().Contain(failure => failure.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("letters-dead", "is 'letters-dead', which is not a queue URL")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/dead.fifo", "a FIFO queue. FIFO queues reject messages")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/dead.fifo/", "a FIFO queue")]
    public void Validate_InvalidDeadLetterQueueUrl_Fails(string url, string why) =>
        StartFailures.OnAws("Operations:letters:DeadLetterQueueUrl", url)
            .Should().ContainSingle().Which.Should().ContainAll("OffloadedPolling:Operations:letters:DeadLetterQueueUrl", why);
}
