using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class DurationHistogramTests
{
    [Fact]
    public void LowerBoundSeconds_EightBins_AreOneDoubling()
    {
        Assert.Equal(0.001, DurationHistogram.LowerBoundSeconds(0));
        Assert.Equal(0.002, DurationHistogram.LowerBoundSeconds(8), 12);
        Assert.Equal(1.024, DurationHistogram.LowerBoundSeconds(80), 12);
        Assert.InRange(
            TimeSpan.FromDays(14).TotalSeconds, DurationHistogram.LowerBoundSeconds(DurationHistogram.Bins - 1), DurationHistogram.LowerBoundSeconds(DurationHistogram.Bins));
    }

    [Fact]
    public void BinOf_EveryBinsMiddle_IsThatBin()
    {
        for (var bin = 0; bin < DurationHistogram.Bins; bin++)
        {
            var middle = Math.Sqrt(DurationHistogram.LowerBoundSeconds(bin) * DurationHistogram.LowerBoundSeconds(bin + 1));
            Assert.Equal(bin, DurationHistogram.BinOf(TimeSpan.FromSeconds(middle)));
        }
    }

    [Fact]
    public void BinOf_BeyondTheEnds_IsTheBinThere()
    {
        Assert.Equal(0, DurationHistogram.BinOf(TimeSpan.FromSeconds(-1)));
        Assert.Equal(0, DurationHistogram.BinOf(TimeSpan.Zero));
        Assert.Equal(0, DurationHistogram.BinOf(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(DurationHistogram.Bins - 1, DurationHistogram.BinOf(TimeSpan.FromDays(14)));
        Assert.Equal(DurationHistogram.Bins - 1, DurationHistogram.BinOf(TimeSpan.MaxValue));
    }

    [Fact]
    public void Add_Durations_AreCountedWhereTheyBelong()
    {
        var histogram = new DurationHistogram();
        histogram.Add(TimeSpan.FromSeconds(2.1));
        histogram.Add(TimeSpan.FromSeconds(2.1));
        histogram.Add(TimeSpan.FromSeconds(70));

        Assert.Equal((88, 128, 3), (histogram.First, histogram.Last, histogram.Total));
        Assert.Equal((2, 0, 1), (histogram.Weight(88), histogram.Weight(100), histogram.Weight(128)));
    }

    [Fact]
    public void Empty_HasNoBinsToGoThrough()
    {
        var histogram = new DurationHistogram();
        histogram.Add(7, 0);

        Assert.True(histogram.First > histogram.Last);
        Assert.Equal(0, histogram.Total);
    }
}
