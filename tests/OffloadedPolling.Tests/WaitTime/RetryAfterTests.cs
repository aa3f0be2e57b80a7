using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class RetryAfterTests
{
    private static readonly OperationEstimate _prior = new() { Median = TimeSpan.FromSeconds(5.2), Upper = TimeSpan.FromSeconds(8.9) };

    [Fact]
    public void For_WithQuantiles_Returns20thPercentile()
    {
        var estimate = _prior with { Quantiles = [.. Enumerable.Range(1, 13).Select(second => TimeSpan.FromSeconds(second))] };

        RetryAfter.For(Status(estimate), DateTimeOffset.UnixEpoch).TotalSeconds.Should().Be(4);
    }

    [Fact]
    public void For_NoQuantiles_IsOneDeviationBeforeMedian() =>
        RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch).TotalSeconds.Should().BeApproximately(3.42, 0.005);

    [Fact]
    public void For_LaterOrEnded_IsShorter()
    {
        RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch.AddSeconds(2)).TotalSeconds.Should().BeApproximately(1.42, 0.005);
        RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch.AddHours(1)).Should().Be(TimeSpan.FromSeconds(1));
        RetryAfter.For(Status(null), DateTimeOffset.UnixEpoch).Should().Be(TimeSpan.FromSeconds(2));
        RetryAfter.For(Status(_prior) with { State = OperationState.Failed }, DateTimeOffset.UnixEpoch).Should().Be(TimeSpan.Zero);
    }

    private static OperationStatus Status(OperationEstimate? estimate) => new()
    {
        Id = "a",
        Kind = "k",
        State = OperationState.NotStarted,
        CreatedAt = default,
        LastUpdatedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = default,
        Estimate = estimate,
    };
}
