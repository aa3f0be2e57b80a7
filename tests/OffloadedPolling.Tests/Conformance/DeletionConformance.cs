using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>What is left of an operation whose document was deleted, whoever implements the ports.</summary>
public abstract class DeletionConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private readonly Desk _desk = new();

    private protected override void Settings(OperationOptions kind) => (kind.VisibilityTimeout, kind.MaxConcurrency) = (TimeSpan.FromSeconds(2), 1);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_desk);
        builder.AddHandler<Parcel, ParcelHandler>();
    }

    [Fact]
    public async Task DeleteAsync_AnEndedOperation_ItsUrlsOpenNothing()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await EndOfAsync(accepted.Id);
        Assert.Equal(HttpStatusCode.OK, await Host.StatusOfAsync(accepted.StatusUrl));

        await Host.Operations.DeleteAsync(accepted.Id);

        Assert.Contains(await Host.StatusOfAsync(accepted.StatusUrl), (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.Forbidden]);
        Assert.Null(await Host.Operations.GetAsync(accepted.Id));
        Assert.Null(await Host.Operations.RenewUrlAsync(accepted.Id));
        Assert.Null(await Host.Operations.CancelAsync(accepted.Id));
        Assert.Equal(0, await Provider.CountDocumentsAsync());
    }

    [Theory]
    [InlineData(Id)]
    [InlineData("../secret")]
    public async Task DeleteAsync_WhatIsNotThere_DoesNothing(string id)
    {
        await Host.Operations.DeleteAsync(id);
        await Host.Operations.DeleteAsync(id);
    }

    [Fact]
    public async Task DeleteAsync_OneOfTwo_LeavesTheOther()
    {
        var accepted = await Task.WhenAll(Host.Operations.AcceptAsync(new Parcel("Ada")), Host.Operations.AcceptAsync(new Parcel("Bob")));

        await Host.Operations.DeleteAsync(accepted[0].Id);

        Assert.Equal(OperationState.Succeeded, (await EndOfAsync(accepted[1].Id)).State);
    }

    [Fact]
    public async Task DeleteAsync_AWaitingOperation_NeverRuns()
    {
        _desk.Deaf["Ada"] = true;
        var running = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _desk.Waiting > 0, Timeout, () => "the handler did not begin");
        var waiting = await Host.Operations.AcceptAsync(new Parcel("Bob"));

        await Host.Operations.DeleteAsync(waiting.Id);
        _desk.Wake.SetResult();
        await EndOfAsync(running.Id);

        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 412), Timeout, () => "the message was not refused");
        Assert.Equal(["Ada"], _desk.Delivered);
        Assert.Null(await Host.Operations.GetAsync(waiting.Id));
    }

    [Fact]
    public async Task DeleteAsync_ARunningOperation_GoesOnAndWritesNothing()
    {
        _desk.Deaf["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _desk.Waiting > 0, Timeout, () => "the handler did not begin");

        await Host.Operations.DeleteAsync(accepted.Id);
        _desk.Wake.SetResult();

        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 424), Timeout, () => "the loss was not logged");
        Assert.Equal(["Ada"], _desk.Delivered);
        Assert.Equal(0, await Provider.CountDocumentsAsync());
    }

    [Fact]
    public async Task DeleteAsync_OfAKey_TheKeyMakesANewOperation()
    {
        var keyed = new AcceptOptions { IdempotencyKey = "0123456789abcdef", IdempotencyScope = "ada" };
        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"), keyed);
        await EndOfAsync(first.Id);

        await Host.Operations.DeleteAsync(first.Id);
        var again = await Host.Operations.AcceptAsync(new Parcel("Bob"), keyed);

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(OperationState.Succeeded, (await EndOfAsync(again.Id)).State);
        Assert.Equal(["Ada", "Bob"], _desk.Delivered);
    }

    [Fact]
    public async Task DeleteAsync_OfAKeyWhoseMessageStillWaits_TheNewOperationRunsItsOwnPayload()
    {
        _desk.Deaf["Cleo"] = true;
        var running = await Host.Operations.AcceptAsync(new Parcel("Cleo"));
        await Eventually.TrueAsync(() => _desk.Waiting > 0, Timeout, () => "the handler did not begin");
        var keyed = new AcceptOptions { IdempotencyKey = "0123456789abcdef", IdempotencyScope = "ada" };
        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"), keyed);

        await Host.Operations.DeleteAsync(first.Id);
        var again = await Host.Operations.AcceptAsync(new Parcel("Bob"), keyed);
        _desk.Wake.SetResult();
        await EndOfAsync(running.Id);
        var end = await EndOfAsync(again.Id);

        (again.Id, end.State).Should().Be((first.Id, OperationState.Succeeded));
        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 408), Timeout, () => "the old message was not deleted");
        _desk.Delivered.Should().Equal("Cleo", "Bob");
    }
}
