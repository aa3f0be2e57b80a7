namespace OffloadedPolling.Tests.Scheduling;

public sealed class OperationEstimateTests
{
    private static readonly OperationEstimate _logNormal = new() { Median = TimeSpan.FromSeconds(5.2), Upper = TimeSpan.FromSeconds(8.9) };

    [Fact]
    public void QuantilesAt_WhatIsTold_IsWhatWasTold()
    {
        Assert.Equal(5.2, _logNormal.QuantilesAt(0.5)[0].TotalSeconds, 0.01);
        Assert.Equal(8.9, _logNormal.QuantilesAt(0.5, 0.9)[1].TotalSeconds, 0.01);

        var quantiles = OperationEstimate.QuantileLevels.Select((_, i) => TimeSpan.FromSeconds(Math.Pow(1.4, i))).ToList();
        var found = (_logNormal with { Quantiles = quantiles }).QuantilesAt([.. OperationEstimate.QuantileLevels]);
        Assert.All(quantiles.Zip(found), pair => Assert.Equal(pair.First.TotalSeconds, pair.Second.TotalSeconds, 0.01 * pair.First.TotalSeconds));
    }

    [Fact]
    public void QuantilesAt_AnEstimateThatTellsNothing_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => new OperationEstimate { Median = TimeSpan.Zero, Upper = TimeSpan.Zero }.QuantilesAt(0.5));

    [Fact]
    public void After_NoTime_IsTheSame()
    {
        Assert.Same(_logNormal, _logNormal.After(TimeSpan.Zero));
        Assert.Same(_logNormal, _logNormal.After(TimeSpan.FromSeconds(-1)));
    }

    [Fact]
    public void After_AWhile_IsThatOfThoseThatTakeAsLong()
    {
        // Half of them are over by then; of the others, half take up to what three of four take in all.
        var left = _logNormal.After(TimeSpan.FromSeconds(5.2))!;

        Assert.Equal(_logNormal.QuantilesAt(0.75)[0].TotalSeconds - 5.2, left.Median.TotalSeconds, 0.02);
        Assert.Equal(_logNormal.QuantilesAt(0.95)[0].TotalSeconds - 5.2, left.Upper.TotalSeconds, 0.02);
        Assert.Null(left.Quantiles);
    }

    [Fact]
    public void After_WithQuantiles_HasQuantiles()
    {
        var measured = _logNormal with { Quantiles = _logNormal.QuantilesAt([.. OperationEstimate.QuantileLevels]) };
        var left = measured.After(TimeSpan.FromSeconds(4))!;

        Assert.Equal(13, left.Quantiles!.Count);
        Assert.Equal(left.Median, left.Quantiles[6]);
        Assert.Equal(left.Quantiles.Order(), left.Quantiles);
    }

    [Fact]
    public void After_WhenNearlyAllAreOver_IsUnknown()
    {
        Assert.NotNull(_logNormal.After(TimeSpan.FromSeconds(12)));
        Assert.Null(_logNormal.After(TimeSpan.FromSeconds(60)));
    }
}
