using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class ProfileEstimateTests
{
    private static readonly OperationEstimate _prior = new() { Median = TimeSpan.FromSeconds(60), Upper = TimeSpan.FromSeconds(120) };

    [Fact]
    public void Combine_NothingMeasured_ReturnsPrior()
    {
        ProfileEstimate.Combine(null, _prior).Estimate.Should().BeSameAs(_prior);
        ProfileEstimate.Combine(DurationProfile.Empty, _prior).Estimate.Should().BeSameAs(_prior);
        ProfileEstimate.Combine(null, null).Estimate.Should().BeNull();
    }

    [Fact]
    public void Combine_ManyMeasured_ReturnsMeasured()
    {
        var random = new Random(3);
        var profile = Learn(400, () => 10 * Math.Exp(0.4 * Normal(random)));

        var estimate = ProfileEstimate.Combine(profile, _prior).Estimate!;

        estimate.Median.TotalSeconds.Should().BeInRange(9, 11);
        estimate.Upper.TotalSeconds.Should().BeInRange(14.5, 19.5);
        estimate.Quantiles![6].Should().Be(estimate.Median);
        estimate.Quantiles[10].Should().Be(estimate.Upper);
        estimate.Quantiles.Should().Equal(estimate.Quantiles.Order());
    }

    [Fact]
    public void Combine_FewMeasured_StaysNearPrior()
    {
        var estimate = ProfileEstimate.Combine(Learn(2, () => 10), _prior).Estimate!;

        estimate.Upper.TotalSeconds.Should().BeInRange(80, 120);
    }

    [Fact]
    public void Combine_FewMeasuredAndNoPrior_HasHighUpper()
    {
        var estimate = ProfileEstimate.Combine(Learn(2, () => 10), null).Estimate!;

        estimate.Median.TotalSeconds.Should().BeInRange(9, 11);
        estimate.Upper.TotalSeconds.Should().BeInRange(20, 40);
    }

    [Fact]
    public void Combine_TwoPeaks_KeepsBoth()
    {
        var random = new Random(3);
        var profile = Learn(400, () => (random.NextDouble() < 0.6 ? 2 : 30) * Math.Exp(0.2 * Normal(random)));

        var estimate = ProfileEstimate.Combine(profile, null).Estimate!;

        estimate.QuantilesAt(0.45)[0].Should().BeLessThan(TimeSpan.FromSeconds(4), $"{estimate}");
        estimate.QuantilesAt(0.75)[0].Should().BeGreaterThan(TimeSpan.FromSeconds(20), $"{estimate}");
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
