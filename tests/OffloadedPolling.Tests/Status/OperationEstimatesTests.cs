using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Status;

namespace OffloadedPolling.Tests.Status;

public sealed class OperationEstimatesTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.0001, 5)]
    [InlineData(5, 1e9)]
    public void WhyUnusable_ValidEstimate_ReturnsNull(double median, double upper)
    {
        var estimate = new OperationEstimate { Median = median * _second, Upper = upper * _second };

        OperationEstimates.WhyUnusable(estimate).Should().BeNull();
        StatusDocument.Write(TestDocuments.Waiting() with { Estimate = estimate }, StatusDocument.MaxBytes).Should().NotBeEmpty();
    }

    [Fact]
    public void WhyUnusable_LongestEstimate_ReturnsNull()
    {
        OperationEstimates.WhyUnusable(UnusableEstimates.Longest).Should().BeNull();
        var document = TestDocuments.Waiting() with { Estimate = UnusableEstimates.Longest };
        StatusDocument.Write(document, StatusDocument.MaxBytes).Should().NotBeEmpty();
    }

    [Fact]
    public void WhyUnusable_EqualOrZeroQuantiles_ReturnsNull()
    {
        var quantiles = Enumerable.Repeat(_second, 12).Prepend(TimeSpan.Zero);
        var estimate = new OperationEstimate { Median = _second, Upper = _second, Quantiles = [.. quantiles] };

        OperationEstimates.WhyUnusable(estimate).Should().BeNull();
    }

    [Theory]
    [InlineData("a negative median", "Median is -00:00:01; it must be more than 0")]
    [InlineData("an upper bound below the median", "Upper is 00:00:01; it must be at least Median (00:00:02)")]
    [InlineData("too few quantiles", "Quantiles has 1 values; it must have 13, one for each of QuantileLevels")]
    [InlineData("quantiles that descend", "Quantiles[1] is 00:00:19; it must be at least Quantiles[0] (00:00:20)")]
    [InlineData("a negative quantile", "Quantiles[0] is -00:00:01; it must be at least 0")]
    public void WhyUnusable_InvalidEstimate_NamesMemberAndRule(string what, string reason) =>
        OperationEstimates.WhyUnusable(UnusableEstimates.All[what]()!).Should().Be(reason);
}
