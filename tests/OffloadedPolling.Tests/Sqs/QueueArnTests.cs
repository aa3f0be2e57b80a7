using OffloadedPolling.Sqs;

namespace OffloadedPolling.Tests.Sqs;

public sealed class QueueArnTests
{
    private const string Arn = "arn:aws:sqs:eu-west-1:123456789012:orders";

    [Theory]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/orders")]
    [InlineData("https://sqs-fips.eu-west-1.amazonaws.com/123456789012/orders")]
    [InlineData("https://eu-west-1.queue.amazonaws.com/123456789012/orders")]
    [InlineData("https://queue.amazonaws.com/123456789012/orders")]
    [InlineData("https://vpce-0a1b2c3d-4e5f.sqs.eu-west-1.vpce.amazonaws.com/123456789012/orders")]
    [InlineData("http://localhost:4566/123456789012/orders")]
    [InlineData("http://localhost:9324/queue/orders")]
    [InlineData("http://localhost:9324/orders")]
    public void IsAt_SameQueue_ReturnsTrue(string queueUrl) => QueueArn.Parse(Arn)!.Value.IsAt(queueUrl).Should().BeTrue();

    [Theory]
    [InlineData("https://sqs.eu-west-2.amazonaws.com/123456789012/orders")]
    [InlineData("https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/orders")]
    [InlineData("https://us-east-1.queue.amazonaws.com/123456789012/orders")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/210987654321/orders")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/Orders")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dead-letters")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/")]
    [InlineData("orders")]
    [InlineData("")]
    public void IsAt_AnotherQueue_ReturnsFalse(string queueUrl) => QueueArn.Parse(Arn)!.Value.IsAt(queueUrl).Should().BeFalse();

    [Theory]
    [InlineData("arn:aws-cn:sqs:cn-north-1:123456789012:orders", "cn-north-1")]
    [InlineData("arn:aws-us-gov:sqs:us-gov-west-1:123456789012:orders", "us-gov-west-1")]
    public void Parse_AnotherPartition_ReturnsRegion(string arn, string region) => QueueArn.Parse(arn)!.Value.Region.Should().Be(region);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("arn:aws:s3:::bucket")]
    [InlineData("arn:aws:kinesis:eu-west-1:123456789012:stream/orders")]
    [InlineData("arn:aws:sqs:eu-west-1:123456789012:")]
    [InlineData("arn:aws:sqs:eu-west-1:123456789012:orders:more")]
    public void Parse_NotAQueue_ReturnsNull(string? arn) => QueueArn.Parse(arn).Should().BeNull();
}
