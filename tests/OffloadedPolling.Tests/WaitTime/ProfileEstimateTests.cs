using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class ProfileEstimateTests
{
    private static readonly OperationEstimate _prior = new() { Median = TimeSpan.FromSeconds(60), Upper = TimeSpan.FromSeconds(120) };

    [Fact]
    public void Of_NothingMeasured_IsThePrior()
    {
        Assert.Same(_prior, ProfileEstimate.Combine(null, _prior).Estimate);
        Assert.Same(_prior, ProfileEstimate.Combine(DurationProfile.Empty, _prior).Estimate);
        Assert.Null(ProfileEstimate.Combine(null, null).Estimate);
    }

    [Fact]
    public void Of_ManyMeasured_IsWhatWasMeasured()
    {
        var random = new Random(3);
        var profile = Learn(400, () => 10 * Math.Exp(0.4 * Normal(random)));

        var estimate = ProfileEstimate.Combine(profile, _prior).Estimate!;

        Assert.InRange(estimate.Median.TotalSeconds, 9, 11);
        Assert.InRange(estimate.Upper.TotalSeconds, 14.5, 19.5);
        Assert.Equal(estimate.Median, estimate.Quantiles![6]);
        Assert.Equal(estimate.Upper, estimate.Quantiles[10]);
        Assert.Equal(estimate.Quantiles.Order(), estimate.Quantiles);
    }

    [Fact]
    public void Of_AFewMeasured_StaysNearThePrior()
    {
        var estimate = ProfileEstimate.Combine(Learn(2, () => 10), _prior).Estimate!;

        Assert.InRange(estimate.Upper.TotalSeconds, 80, 120);
    }

    [Fact]
    public void Of_AFewMeasuredAndNoPrior_IsAboutThemAndUncertain()
    {
        var estimate = ProfileEstimate.Combine(Learn(2, () => 10), null).Estimate!;

        Assert.InRange(estimate.Median.TotalSeconds, 9, 11);
        Assert.InRange(estimate.Upper.TotalSeconds, 20, 40);
    }

    [Fact]
    public void Of_TwoPeaks_AreNotSmoothedIntoOne()
    {
        var random = new Random(3);
        var profile = Learn(400, () => (random.NextDouble() < 0.6 ? 2 : 30) * Math.Exp(0.2 * Normal(random)));

        var estimate = ProfileEstimate.Combine(profile, null).Estimate!;

        Assert.True(estimate.QuantilesAt(0.45)[0] < TimeSpan.FromSeconds(4), $"{estimate}");
        Assert.True(estimate.QuantilesAt(0.75)[0] > TimeSpan.FromSeconds(20), $"{estimate}");
    }

    internal static DurationProfile Learn(int count, Func<double> seconds)
    {
        var profile = DurationProfile.Empty;
        for (var learned = 0; learned < count; learned += 20)
        {
            var measured = new DurationHistogram();
            for (var i = 0; i < Math.Min(20, count - learned); i++)
            {
                measured.Add(TimeSpan.FromSeconds(seconds()));
            }

            profile = profile.With(measured, "a worker", 1, DateTimeOffset.UnixEpoch);
        }

        return profile;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
