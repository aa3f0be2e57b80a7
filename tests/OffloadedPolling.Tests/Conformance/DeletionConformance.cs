using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>What remains of an operation after its document is deleted, with any provider.</summary>
public abstract class DeletionConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private readonly HandlerScript _script = new();

    private protected override void Settings(OffloadedPollingOptions options) => options.MinProgressInterval = TimeSpan.Zero;

    private protected override void Settings(OperationOptions kind) =>
        (kind.VisibilityTimeout, kind.MaxConcurrency) = (TimeSpan.FromSeconds(2), 1);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_script);
        builder.AddHandler<Parcel, ParcelHandler>();
    }

    [Fact]
    public async Task DeleteAsync_EndedOperation_UrlsNoLongerWork()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await EndOfAsync(accepted.Id);
        (await Host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.OK);

        await Host.Operations.DeleteAsync(accepted.Id);

        ((HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.Forbidden])
            .Should().Contain(await Host.StatusOfAsync(accepted.StatusUrl));
        (await Host.Operations.GetAsync(accepted.Id)).Should().BeNull();
        (await Host.Operations.RenewUrlAsync(accepted.Id)).Should().BeNull();
        (await Host.Operations.CancelAsync(accepted.Id)).Should().BeNull();
        (await Provider.CountDocumentsAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData(Id)]
    [InlineData("../secret")]
    public async Task DeleteAsync_UnknownOperation_DoesNothing(string id)
    {
        await Host.Operations.DeleteAsync(id);
        await Host.Operations.DeleteAsync(id);
    }

    [Fact]
    public async Task DeleteAsync_OneOfTwo_KeepsOther()
    {
        var accepted = await Task.WhenAll(Host.Operations.AcceptAsync(new Parcel("Ada")), Host.Operations.AcceptAsync(new Parcel("Bob")));

        await Host.Operations.DeleteAsync(accepted[0].Id);

        (await EndOfAsync(accepted[1].Id)).State.Should().Be(OperationState.Succeeded);
    }

    [Fact]
    public async Task DeleteAsync_WaitingOperation_NeverRuns()
    {
        _script.Deaf["Ada"] = true;
        var running = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");
        var waiting = await Host.Operations.AcceptAsync(new Parcel("Bob"));

        await Host.Operations.DeleteAsync(waiting.Id);
        _script.Wake.SetResult();
        await EndOfAsync(running.Id);

        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 412), Timeout, () => "the message was not rejected");
        _script.Delivered.Should().Equal("Ada");
        (await Host.Operations.GetAsync(waiting.Id)).Should().BeNull();
    }

    [Fact]
    public async Task DeleteAsync_RunningOperation_FinishesWithoutWriting()
    {
        _script.Deaf["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");

        await Host.Operations.DeleteAsync(accepted.Id);
        _script.Wake.SetResult();

        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 424), Timeout, () => "the loss was not logged");
        _script.Delivered.Should().Equal("Ada");
        (await Provider.CountDocumentsAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Progress_DocumentWasDeleted_LogsLossOnce()
    {
        _script.Deaf["Ada"] = true;
        _script.Steps["Ada"] = 10;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");

        await Host.Operations.DeleteAsync(accepted.Id);
        _script.Wake.SetResult();

        // The run is over when its message is redelivered.
        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 412), Timeout, () => "the message was not redelivered");
        Host.Log.Entries.Count(entry => entry.Id == 424).Should().BeInRange(1, 2, "the progress and the end are logged once each");
    }

    [Fact]
    public async Task DeleteAsync_KeyIsReused_RunsNewOperation()
    {
        var keyed = new AcceptOptions { IdempotencyKey = "0123456789abcdef", IdempotencyScope = "ada" };
        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"), keyed);
        await EndOfAsync(first.Id);

        await Host.Operations.DeleteAsync(first.Id);
        var again = await Host.Operations.AcceptAsync(new Parcel("Bob"), keyed);

        again.Id.Should().Be(first.Id);
        (await EndOfAsync(again.Id)).State.Should().Be(OperationState.Succeeded);
        _script.Delivered.Should().Equal("Ada", "Bob");
    }

    [Fact]
    public async Task DeleteAsync_KeyReusedWhileMessageWaits_RunsNewPayload()
    {
        _script.Deaf["Cleo"] = true;
        var running = await Host.Operations.AcceptAsync(new Parcel("Cleo"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");
        var keyed = new AcceptOptions { IdempotencyKey = "0123456789abcdef", IdempotencyScope = "ada" };
        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"), keyed);

        await Host.Operations.DeleteAsync(first.Id);
        var again = await Host.Operations.AcceptAsync(new Parcel("Bob"), keyed);
        _script.Wake.SetResult();
        await EndOfAsync(running.Id);
        var end = await EndOfAsync(again.Id);

        (again.Id, end.State).Should().Be((first.Id, OperationState.Succeeded));
        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 408), Timeout, () => "the old message was not deleted");
        _script.Delivered.Should().Equal("Cleo", "Bob");
    }
}
