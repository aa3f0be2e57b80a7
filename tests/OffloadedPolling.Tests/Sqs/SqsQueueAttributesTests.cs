using OffloadedPolling.Sqs;

namespace OffloadedPolling.Tests.Sqs;

public sealed class SqsQueueAttributesTests
{
    [Fact]
    public void Read_MissingAttributes_AreUnknown()
    {
        var known = SqsQueueAttributes.Read(
            new()
            {
                ["ApproximateNumberOfMessages"] = "7",
                ["ApproximateNumberOfMessagesNotVisible"] = "2",
                ["ApproximateNumberOfMessagesDelayed"] = "1",
                ["RedrivePolicy"] = """{"maxReceiveCount":"4"}""",
            },
            null);

        known.Depth!.Depth.Should().Be(new QueueDepth(8, 2));
        known.MaxReceiveCount.Should().Be(4);
        SqsQueueAttributes.Read(null, null).Depth.Should().BeNull();
        SqsQueueAttributes.Read([], null).MaxReceiveCount.Should().BeNull();
        SqsQueueAttributes.Read(null, known, sentBefore: 5, readAt: 6).Depth.Should().Be(known.Depth, "the depth was not read again");
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Read_UnreadableRedrivePolicy_IsUnknown(string policy)
    {
        var read = SqsQueueAttributes.Read(new() { ["RedrivePolicy"] = policy, ["VisibilityTimeout"] = "30" }, null);

        (read.MaxReceiveCount, read.DeadLetterTarget, read.VisibilityTimeout)
            .Should().Be(((int?)null, (string?)null, (TimeSpan?)TimeSpan.FromSeconds(30)));
    }
}
