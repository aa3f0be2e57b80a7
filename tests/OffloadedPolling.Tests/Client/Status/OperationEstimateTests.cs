namespace OffloadedPolling.Tests.Client.Status;

public sealed class OperationEstimateTests
{
    private static readonly OperationEstimate _logNormal = new() { Median = TimeSpan.FromSeconds(5.2), Upper = TimeSpan.FromSeconds(8.9) };

    [Fact]
    public void QuantilesAt_KnownLevels_ReturnsGivenValues()
    {
        _logNormal.QuantilesAt(0.5)[0].TotalSeconds.Should().BeApproximately(5.2, 0.01);
        _logNormal.QuantilesAt(0.5, 0.9)[1].TotalSeconds.Should().BeApproximately(8.9, 0.01);

        var quantiles = OperationEstimate.QuantileLevels.Select((_, i) => TimeSpan.FromSeconds(Math.Pow(1.4, i))).ToList();
        var found = (_logNormal with { Quantiles = quantiles }).QuantilesAt([.. OperationEstimate.QuantileLevels]);
        quantiles.Zip(found).Should().AllSatisfy(pair =>
            pair.Second.TotalSeconds.Should().BeApproximately(pair.First.TotalSeconds, 0.01 * pair.First.TotalSeconds));
    }

    [Fact]
    public void QuantilesAt_EmptyEstimate_Throws() =>
        FluentActions.Invoking(() => new OperationEstimate { Median = TimeSpan.Zero, Upper = TimeSpan.Zero }.QuantilesAt(0.5))
            .Should().ThrowExactly<InvalidOperationException>();

    [Fact]
    public void After_NoElapsedTime_ReturnsSameEstimate()
    {
        _logNormal.After(TimeSpan.Zero).Should().BeSameAs(_logNormal);
        _logNormal.After(TimeSpan.FromSeconds(-1)).Should().BeSameAs(_logNormal);
    }

    [Fact]
    public void After_ElapsedTime_ReturnsRemainingTime()
    {
        // Half of the operations have ended by then. The median of the others is the 75th percentile of all operations.
        var left = _logNormal.After(TimeSpan.FromSeconds(5.2))!;

        left.Median.TotalSeconds.Should().BeApproximately(_logNormal.QuantilesAt(0.75)[0].TotalSeconds - 5.2, 0.02);
        left.Upper.TotalSeconds.Should().BeApproximately(_logNormal.QuantilesAt(0.95)[0].TotalSeconds - 5.2, 0.02);
        left.Quantiles.Should().BeNull();
    }

    [Fact]
    public void After_WithQuantiles_ReturnsQuantiles()
    {
        var measured = _logNormal with { Quantiles = _logNormal.QuantilesAt([.. OperationEstimate.QuantileLevels]) };
        var left = measured.After(TimeSpan.FromSeconds(4))!;

        left.Quantiles!.Should().HaveCount(13);
        left.Quantiles[6].Should().Be(left.Median);
        left.Quantiles.Should().Equal(left.Quantiles.Order());
    }

    [Fact]
    public void After_NearlyAllEnded_ReturnsNull()
    {
        _logNormal.After(TimeSpan.FromSeconds(12)).Should().NotBeNull();
        _logNormal.After(TimeSpan.FromSeconds(60)).Should().BeNull();
    }
}
