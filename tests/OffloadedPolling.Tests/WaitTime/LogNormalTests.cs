using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class LogNormalTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Estimate_MedianAndSigma_ArePreserved(double sigma)
    {
        var estimate = LogNormal.Estimate(TimeSpan.FromSeconds(10), sigma);

        estimate.Median.Should().Be(TimeSpan.FromSeconds(10));
        LogNormal.SigmaOf(estimate).Should().BeApproximately(sigma, 1e-6);
    }

    [Fact]
    public void Estimate_SigmaIsOne_UpperIs90thPercentile() =>
        LogNormal.Estimate(TimeSpan.FromSeconds(1), sigma: 1).Upper.TotalSeconds.Should().BeApproximately(Math.Exp(1.28155), 1e-4);
}
