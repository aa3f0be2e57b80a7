using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class DurationLearningTests
{
    private static readonly int _short = DurationHistogram.BinOf(TimeSpan.FromSeconds(1));

    private static readonly int _long = DurationHistogram.BinOf(TimeSpan.FromSeconds(100));

    [Fact]
    public void Merge_TheFirst_AreAllThatIsKnown()
    {
        var (histogram, evidence) = DurationLearning.Merge(Measured.Nothing, 0, Measured.Of(4, seconds: 1));

        Assert.Equal(4, evidence);
        Assert.Equal((1, 1, _short, _short), (histogram.Total, histogram.Weight(_short), histogram.First, histogram.Last));
    }

    [Fact]
    public void Merge_Fifty_CountForHalf()
    {
        var (histogram, evidence) = DurationLearning.Merge(Measured.Of(1, seconds: 1), 200, Measured.Of(50, seconds: 100));

        Assert.Equal(150, evidence, 9);
        Assert.Equal(0.5, histogram.Weight(_short), 9);
        Assert.Equal(0.5, histogram.Weight(_long), 9);
    }

    [Fact]
    public void Merge_Thousands_CountForNoMoreThanTheirShare()
    {
        var (histogram, evidence) = DurationLearning.Merge(Measured.Of(1, seconds: 1), 1000, Measured.Of(5000, seconds: 100));

        Assert.Equal(1000, evidence);
        Assert.Equal(0.3, histogram.Weight(_short), 9);
        Assert.Equal(0.7, histogram.Weight(_long), 9);
    }

    [Fact]
    public void Merge_Nothing_ChangesNothing()
    {
        var known = Measured.Of(1, seconds: 1);

        Assert.Equal((known, 7), DurationLearning.Merge(known, 7, Measured.Nothing));
    }

    [Fact]
    public void Merge_OneAfterTheOther_ForgetsAsFastAsAllAtOnce()
    {
        var (histogram, evidence) = (Measured.Of(1, seconds: 1), 100.0);
        for (var one = 0; one < 50; one++)
        {
            (histogram, evidence) = DurationLearning.Merge(histogram, evidence, Measured.Of(1, seconds: 100));
        }

        Assert.Equal(0.5, histogram.Weight(_short), 9);
        Assert.InRange(evidence, 50, 100);
    }
}
