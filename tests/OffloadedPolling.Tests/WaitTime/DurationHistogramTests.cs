using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class DurationHistogramTests
{
    [Fact]
    public void LowerBoundSeconds_EightBins_SpanOneDoubling()
    {
        DurationHistogram.LowerBoundSeconds(0).Should().Be(0.001);
        DurationHistogram.LowerBoundSeconds(8).Should().BeApproximately(0.002, 5e-13);
        DurationHistogram.LowerBoundSeconds(80).Should().BeApproximately(1.024, 5e-13);
        TimeSpan.FromDays(14).TotalSeconds.Should().BeInRange(
            DurationHistogram.LowerBoundSeconds(DurationHistogram.Bins - 1), DurationHistogram.LowerBoundSeconds(DurationHistogram.Bins));
    }

    [Fact]
    public void BinOf_MiddleOfBin_ReturnsBin()
    {
        for (var bin = 0; bin < DurationHistogram.Bins; bin++)
        {
            var middle = Math.Sqrt(DurationHistogram.LowerBoundSeconds(bin) * DurationHistogram.LowerBoundSeconds(bin + 1));
            DurationHistogram.BinOf(TimeSpan.FromSeconds(middle)).Should().Be(bin);
        }
    }

    [Fact]
    public void BinOf_OutOfRange_ReturnsFirstOrLastBin()
    {
        DurationHistogram.BinOf(TimeSpan.FromSeconds(-1)).Should().Be(0);
        DurationHistogram.BinOf(TimeSpan.Zero).Should().Be(0);
        DurationHistogram.BinOf(TimeSpan.FromMilliseconds(1)).Should().Be(0);
        DurationHistogram.BinOf(TimeSpan.FromDays(14)).Should().Be(DurationHistogram.Bins - 1);
        DurationHistogram.BinOf(TimeSpan.MaxValue).Should().Be(DurationHistogram.Bins - 1);
    }

    [Fact]
    public void Add_Duration_IsCountedInItsBin()
    {
        var histogram = new DurationHistogram();
        histogram.Add(TimeSpan.FromSeconds(2.1));
        histogram.Add(TimeSpan.FromSeconds(2.1));
        histogram.Add(TimeSpan.FromSeconds(70));

        (histogram.First, histogram.Last, histogram.Total).Should().Be((88, 128, 3.0));
        (histogram.Weight(88), histogram.Weight(100), histogram.Weight(128)).Should().Be((2.0, 0.0, 1.0));
    }

    [Fact]
    public void Add_ZeroWeight_StaysEmpty()
    {
        var histogram = new DurationHistogram();
        histogram.Add(7, 0);

        histogram.First.Should().BeGreaterThan(histogram.Last);
        histogram.Total.Should().Be(0);
    }
}
