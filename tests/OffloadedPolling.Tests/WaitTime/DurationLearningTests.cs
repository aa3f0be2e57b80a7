using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class DurationLearningTests
{
    private static readonly int _short = DurationHistogram.BinOf(TimeSpan.FromSeconds(1));

    private static readonly int _long = DurationHistogram.BinOf(TimeSpan.FromSeconds(100));

    [Fact]
    public void Merge_NothingKnown_ReturnsMeasured()
    {
        var (histogram, evidence) = DurationLearning.Merge(Measured.Nothing, 0, Measured.Of(4, seconds: 1));

        evidence.Should().Be(4);
        (histogram.Total, histogram.Weight(_short), histogram.First, histogram.Last).Should().Be((1.0, 1.0, _short, _short));
    }

    [Fact]
    public void Merge_FiftyDurations_CountForHalf()
    {
        var (histogram, evidence) = DurationLearning.Merge(Measured.Of(1, seconds: 1), 200, Measured.Of(50, seconds: 100));

        evidence.Should().BeApproximately(150, 5e-10);
        histogram.Weight(_short).Should().BeApproximately(0.5, 5e-10);
        histogram.Weight(_long).Should().BeApproximately(0.5, 5e-10);
    }

    [Fact]
    public void Merge_ThousandsOfDurations_WeightIsLimited()
    {
        var (histogram, evidence) = DurationLearning.Merge(Measured.Of(1, seconds: 1), 1000, Measured.Of(5000, seconds: 100));

        evidence.Should().Be(1000);
        histogram.Weight(_short).Should().BeApproximately(0.3, 5e-10);
        histogram.Weight(_long).Should().BeApproximately(0.7, 5e-10);
    }

    [Fact]
    public void Merge_NothingMeasured_IsUnchanged()
    {
        var known = Measured.Of(1, seconds: 1);

        DurationLearning.Merge(known, 7, Measured.Nothing).Should().Be((known, 7.0));
    }

    [Fact]
    public void Merge_OneByOne_ForgetsAsFastAsInOneBatch()
    {
        var (histogram, evidence) = (Measured.Of(1, seconds: 1), 100.0);
        for (var one = 0; one < 50; one++)
        {
            (histogram, evidence) = DurationLearning.Merge(histogram, evidence, Measured.Of(1, seconds: 100));
        }

        histogram.Weight(_short).Should().BeApproximately(0.5, 5e-10);
        evidence.Should().BeInRange(50, 100);
    }
}
