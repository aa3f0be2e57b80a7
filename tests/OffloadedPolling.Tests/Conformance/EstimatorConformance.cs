using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The obligations of <see cref="IWaitTimeEstimator"/>.</summary>
public abstract class EstimatorConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private static readonly TimeSpan _median = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _upper = TimeSpan.FromSeconds(2);

    private protected override void Settings(OperationOptions kind) =>
        (kind.ExpectedMedian, kind.ExpectedUpper, kind.MaxConcurrency) = (_median, _upper, 2);

    [Fact]
    public async Task EstimateAsync_EmptyQueue_ReturnsConfiguredEstimate() =>
        (await Host.Estimator.EstimateAsync(Kind, default)).Should().Be(new OperationEstimate { Median = _median, Upper = _upper });

    [Fact]
    public async Task EstimateAsync_NotConfigured_ReturnsNull()
    {
        var host = await StartAsync(kind => (kind.ExpectedMedian, kind.ExpectedUpper) = (null, null));

        (await host.Estimator.EstimateAsync(Kind, default)).Should().BeNull();
    }

    [Fact]
    public async Task EstimateAsync_MessagesWaiting_ReturnsLongerEstimate()
    {
        for (var sent = 0; sent < 20; sent++)
        {
            await Host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = Host.Store.GetStatusKey(Id) }, default);
        }

        // Twenty operations run first, two at a time. That takes a little more than ten times the median.
        OperationEstimate? estimate = null;
        await Eventually.TrueAsync(
            async () => (estimate = await Host.Estimator.EstimateAsync(Kind, default))!.Median > TimeSpan.FromSeconds(10), Timeout,
            () => $"the estimate is {estimate}");
        estimate!.Upper.Should().BeGreaterThan(estimate.Median);
    }

    [Fact]
    public async Task EstimateAsync_BurstFromSameHost_IsCountedImmediately()
    {
        await Eventually.TrueAsync(
            async () => await Host.Queue.GetDepthAsync(Kind, default) is not null, Timeout, () => "the depth is unknown");
        for (var sent = 0; sent < 40; sent++)
        {
            await Host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = Host.Store.GetStatusKey(Id) }, default);
        }

        var estimate = await Host.Estimator.EstimateAsync(Kind, default);

        estimate!.Median.TotalSeconds.Should().BeInRange(15, 40);
    }
}
