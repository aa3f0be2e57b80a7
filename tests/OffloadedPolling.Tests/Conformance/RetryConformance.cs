using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>What callers see when a handler throws, reports progress, or is canceled, with the default options.</summary>
public abstract class RetryConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private readonly HandlerScript _script = new();

    private protected override void Settings(OperationOptions kind) =>
        (kind.ExpectedMedian, kind.ExpectedUpper) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_script);
        builder.AddHandler<Parcel, ParcelHandler>();
    }

    [Fact]
    public async Task Handler_ThrowsOnce_IsRetriedWithinFiveSeconds()
    {
        _script.Throw["Bob"] = new InvalidOperationException("connection string: secret");

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Bob"));
        var waiting = await RetryOfAsync(accepted.Id);
        _script.Throw.Clear();
        var end = await EndOfAsync(accepted.Id);

        waiting.State.Should().Be(OperationState.Running);
        waiting.Attempt.Should().Be(1);
        waiting.Message.Should().Be("Attempt 1 of 10 failed. A retry is scheduled.");
        waiting.Estimate!.Median.Should().Be(TimeSpan.FromSeconds(3), "the work takes 1 second after a delay of 2");
        waiting.Estimate.Upper.Should().Be(TimeSpan.FromSeconds(5));
        end.State.Should().Be(OperationState.Succeeded);
        end.Attempt.Should().Be(2);
        (end.LastUpdatedAt - end.CreatedAt).Should().BeLessThan(TimeSpan.FromSeconds(5));
        Host.Log.Entries.Should().ContainSingle(entry => entry.Id == 422).Which.Text
            .Should().Contain("threw in attempt 1 (maximum: 10). Unless the operation was canceled or taken over, it is retried in "
                + "00:00:02.");
    }

    [Fact]
    public async Task CancelAsync_WaitingForRetry_CancelsImmediately()
    {
        _script.Throw["Bob"] = new InvalidOperationException();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Bob"));
        await RetryOfAsync(accepted.Id);

        var canceled = await Host.Operations.CancelAsync(accepted.Id);

        canceled!.State.Should().Be(OperationState.Canceled);
        await Eventually.TrueAsync(async () => await Provider.CountMessagesAsync(Kind) == 0, Timeout, () => "the message is still there");
        (await Host.Operations.GetAsync(accepted.Id))!.State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task Handler_ThrowsAfterCancelRequest_EndsAsCanceled()
    {
        _script.Deaf["Bob"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Bob"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");
        await Host.Operations.CancelAsync(accepted.Id);

        _script.Wake.SetException(new InvalidOperationException());

        (await EndOfAsync(accepted.Id)).State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task Progress_FirstReport_IsWrittenImmediately()
    {
        await Host.StopAsync();
        var host = await ConformanceHost.StartAsync(
            Provider, options => options.MinProgressInterval = TimeSpan.FromHours(1), Settings, Build);
        await using var _ = host;
        _script.Message["Ada"] = "Packing";
        _script.WaitAfterProgress["Ada"] = true;

        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));

        await Eventually.TrueAsync(
            async () => (await host.Operations.GetAsync(accepted.Id))!.Message == "Packing", Timeout, () => "no progress was seen");
        _script.Wake.SetResult();
    }

    [Fact]
    public async Task Progress_OutOfRange_LogsValue()
    {
        _script.Percent["Ada"] = 150;

        await RetryOfAsync((await Host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        Host.Log.Entries.First(entry => entry.Id == 422).Text
            .Should().Contain("The handler reported 150 percent. Progress must be between 0 and 100.");
    }

    [Fact]
    public async Task CancelAsync_RunningOperation_ShowsRequestInDocument()
    {
        _script.Deaf["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");

        await Host.Operations.CancelAsync(accepted.Id);

        (await Host.Operations.GetAsync(accepted.Id))!.Message.Should().Be("Cancellation requested.");
        _script.Wake.SetResult();
    }

    private async Task<OperationStatus> RetryOfAsync(string id)
    {
        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await Host.Operations.GetAsync(id))!.Message?.Contains("retry", StringComparison.Ordinal) == true,
            Timeout, () => $"no retry is shown: {last?.State}, {last?.Message}");
        return last!;
    }
}
