using OffloadedPolling.Sqs;
using OffloadedPolling.Urls;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class EstimateTests
{
    private static readonly OperationEstimate _prior = new() { Median = TimeSpan.FromSeconds(5.2), Upper = TimeSpan.FromSeconds(8.9) };

    [Fact]
    public void RetryAfter_WithQuantiles_IsTheSecondTenth()
    {
        var estimate = _prior with { Quantiles = [.. Enumerable.Range(1, 13).Select(second => TimeSpan.FromSeconds(second))] };

        Assert.Equal(4, RetryAfter.For(Status(estimate), DateTimeOffset.UnixEpoch).TotalSeconds);
    }

    [Fact]
    public void RetryAfter_OfTheDocumentsExample_IsOneDeviationBeforeTheMedian() =>
        Assert.Equal(3.42, RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch).TotalSeconds, 2);

    [Fact]
    public void RetryAfter_LaterAndAtTheEnd_Shrinks()
    {
        Assert.Equal(1.42, RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch.AddSeconds(2)).TotalSeconds, 2);
        Assert.Equal(TimeSpan.FromSeconds(1), RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch.AddHours(1)));
        Assert.Equal(TimeSpan.FromSeconds(2), RetryAfter.For(Status(null), DateTimeOffset.UnixEpoch));
        Assert.Equal(TimeSpan.Zero, RetryAfter.For(Status(_prior) with { State = OperationState.Failed }, DateTimeOffset.UnixEpoch));
    }

    [Theory]
    [InlineData(null, 300)]
    [InlineData(8.9, 300)]
    [InlineData(200.0, 600)]
    [InlineData(5000.0, 3600)]
    public void UrlLifetime_FromTheEstimate(double? upper, double expected)
    {
        var estimate = upper is { } seconds ? new OperationEstimate { Median = TimeSpan.FromSeconds(1), Upper = TimeSpan.FromSeconds(seconds) } : null;

        Assert.Equal(expected, UrlLifetime.For(estimate, new OffloadedPollingOptions()).TotalSeconds);
        Assert.Equal(42, UrlLifetime.For(estimate, new OffloadedPollingOptions { UrlLifetime = TimeSpan.FromSeconds(42) }).TotalSeconds);
    }

    [Fact]
    public void QueueAttributes_Absent_AreUnknownAndNotZero()
    {
        var known = SqsQueueAttributes.Read(
            new() { ["ApproximateNumberOfMessages"] = "7", ["ApproximateNumberOfMessagesNotVisible"] = "2", ["ApproximateNumberOfMessagesDelayed"] = "1", ["RedrivePolicy"] = """{"maxReceiveCount":"4"}""" }, null);

        Assert.Equal(new QueueDepth(8, 2), known.Depth!.Depth);
        Assert.Equal(4, known.MaxReceiveCount);
        Assert.Null(SqsQueueAttributes.Read(null, null).Depth);
        Assert.Null(SqsQueueAttributes.Read([], null).MaxReceiveCount);
        SqsQueueAttributes.Read(null, known, sentBefore: 5, readAt: 6).Depth.Should().Be(known.Depth, "it is as old as it was");
    }

    private static OperationStatus Status(OperationEstimate? estimate) => new()
    {
        Id = "a", Kind = "k", State = OperationState.NotStarted, CreatedAt = default, LastUpdatedAt = DateTimeOffset.UnixEpoch, ExpiresAt = default, Estimate = estimate,
    };
}
