using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class QueueWaitTimeTests
{
    private readonly IOperationQueue _queue = Substitute.For<IOperationQueue>();

    private readonly ModelProfileStore _profiles = new();

    [Fact]
    public async Task EstimateAsync_DepthIsUnknown_ReturnsWorkEstimate()
    {
        var kind = Kind();

        (await kind.WaitTime.EstimateAsync(default)).Should().Be((await kind.Durations.EstimateAsync(default, default)).Estimate);
    }

    [Fact]
    public async Task EstimateAsync_WorkIsUnknown_ReturnsNull()
    {
        Depth(20, 0);

        (await Kind(seconds: null).WaitTime.EstimateAsync(default)).Should().BeNull();
    }

    [Fact]
    public async Task EstimateAsync_DepthBarelyChanges_ReturnsSameEstimate()
    {
        var kind = Kind();
        Depth(100, 1);
        var first = await kind.WaitTime.EstimateAsync(default);

        Depth(103, 1);
        (await kind.WaitTime.EstimateAsync(default)).Should().BeSameAs(first);
        Depth(104, 1);
        (await kind.WaitTime.EstimateAsync(default))!.Median.Should().BeGreaterThan(first!.Median);
    }

    [Fact]
    public async Task EstimateAsync_WorkersInProfile_UsesTheirSlots()
    {
        Depth(100, 0);
        var alone = await Kind().WaitTime.EstimateAsync(default);
        var seen = DurationProfile.Empty.With(Measured.Nothing, "a", 50, TimeProvider.System.GetUtcNow());
        _profiles.Put("parcels", DurationProfileJson.Write(seen));

        var shared = Kind();
        await Eventually.TrueAsync(
            async () => (await shared.Durations.EstimateAsync(default, default)).Profile is not null, TimeSpan.FromSeconds(60),
            () => "the profile is not known");

        (await shared.WaitTime.EstimateAsync(default))!.Median.Should().BeLessThan(alone!.Median / 2);
    }

    private OperationKind<Parcel> Kind(double? seconds = 10)
    {
        var median = seconds is { } known ? TimeSpan.FromSeconds(known) : default(TimeSpan?);
        var services = TestKinds.Services();
        services.AddSingleton(_queue).AddSingleton<IDurationProfileStore>(_profiles);
        services.AddOptions<OperationOptions>("parcels").Configure(options =>
            (options.ExpectedMedian, options.ExpectedUpper, options.MaxConcurrency) = (median, 2 * median, 1));
        return TestKinds.Create("parcels", services);
    }

    private void Depth(int waiting, int inFlight) =>
        _queue.GetDepthAsync("parcels", Arg.Any<CancellationToken>()).Returns(new QueueDepth(waiting, inFlight));
}
