using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class DurationMomentsTests
{
    [Fact]
    public void From_EqualDurations_SpreadIsZero() =>
        DurationMoments.From([(4, 0.5), (4, 0.5)]).Should().Be(new DurationMoments(4, 0));

    [Fact]
    public void From_TwoDurations_ReturnsMeanAndRelativeVariance() =>
        DurationMoments.From([(1, 0.5), (3, 0.5)]).Should().Be(new DurationMoments(2, 0.25));

    [Fact]
    public void From_LogNormalEstimate_ReturnsItsMoments()
    {
        var moments = DurationMoments.From(LogNormal.Estimate(TimeSpan.FromSeconds(10), sigma: 0.5));

        moments.Mean.Should().BeApproximately(10 * Math.Exp(0.125), 0.05);
        moments.Spread.Should().BeApproximately(Math.Exp(0.25) - 1, 0.02);
    }
}
