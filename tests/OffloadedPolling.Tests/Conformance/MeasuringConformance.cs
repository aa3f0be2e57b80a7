using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The durations that workers measure and write, with any provider.</summary>
public abstract class MeasuringConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const int Slots = 3;

    private readonly HandlerScript _script = new();

    private protected override void Settings(OperationOptions kind) => 
        (kind.VisibilityTimeout, kind.MaxConcurrency, kind.MaxAttempts) = (TimeSpan.FromSeconds(2), Slots, 1);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_script);
        builder.AddHandler<Parcel, ParcelHandler>();
    }

    [Fact]
    public async Task Worker_OperationsEnd_WritesDurationsAndSlotsUntilStop()
    {
        var before = TimeProvider.System.GetTimestamp();
        await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Ada"))).Id);
        await Eventually.TrueAsync(async () => await FindAsync() is not null, Timeout, () => "no profile was written");
        var running = await FindAsync();
        (running!.Evidence, running.Slots(DateTimeOffset.UtcNow)).Should().Be((1.0, Slots));
        DurationHistogram.LowerBoundSeconds(running.Histogram.First)
            .Should().BeInRange(0, TimeProvider.System.GetElapsedTime(before).TotalSeconds);

        _script.Throw["Bob"] = new OperationFailedException(new OperationProblem { Title = "No" });
        _script.Throw["Eve"] = new InvalidOperationException("As told.");
        await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Bob"))).Id);
        await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Eve"))).Id);
        await Host.StopAsync();

        var stopped = await FindAsync();
        stopped!.Evidence.Should().BeApproximately(2.97, 0.1);
        stopped.Slots(DateTimeOffset.UtcNow).Should().Be(0);
    }

    [Fact]
    public async Task Worker_OperationIsCanceled_IsNotMeasured()
    {
        _script.Wait["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");
        await Host.Operations.CancelAsync(accepted.Id);
        await EndOfAsync(accepted.Id);

        await Host.StopAsync();

        (await FindAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Workers_SameKind_ShareOneProfile()
    {
        var other = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async index =>
            await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel($"{index}"))).Id)));

        await Task.WhenAll(Host.StopAsync(), other.StopAsync());

        (await FindAsync())!.Evidence.Should().BeInRange(10, 20);
        (await FindAsync())!.Slots(DateTimeOffset.UtcNow).Should().Be(0);
    }

    private async Task<DurationProfile?> FindAsync() =>
        await Host.Profiles.GetAsync(Kind, default) is { } stored ? DurationProfileJson.Read(stored.Profile.Span) : null;
}
