using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>What a worker makes of messages and of handlers' ends, whoever implements the ports.</summary>
public abstract class WorkerConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private readonly Desk _desk = new();

    private protected override void Settings(OffloadedPollingOptions options) =>
        (options.MinProgressInterval, options.ShutdownTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(300));

    private protected override void Settings(OperationOptions kind) =>
        (kind.VisibilityTimeout, kind.MaxConcurrency, kind.MaxAttempts) = (TimeSpan.FromSeconds(2), 3, 3);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_desk);
        builder.AddHandler<Parcel, ParcelHandler>();
    }

    [Fact]
    public async Task BadMessages_NeverRun_AndOthersGoOn()
    {
        var waiting = await Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        var ofAnotherKind = await Host.Store.CreateAsync(
            TestDocuments.Waiting("0123456789abcdef0123456789abcde1") with { Kind = "letters" }, OperationMetadata.Empty, default);
        await SendAsync("""{"To":"nobody"}""", Host.Store.GetStatusKey("ffffffffffffffffffffffffffffffff"));
        await SendAsync("""{"To":"nobody"}""", "elsewhere/secret.json");
        await SendAsync("no json, but a secret", Host.Store.GetStatusKey(waiting.Status.Id));
        await SendAsync("null", Host.Store.GetStatusKey(waiting.Status.Id));
        await SendAsync("""{"To":"nobody"}""", Host.Store.GetStatusKey(ofAnotherKind.Status.Id));

        var good = await Host.Operations.AcceptAsync(new Parcel("Ada"));

        Assert.Equal(OperationState.Succeeded, (await EndOfAsync(good.Id)).State);
        await Eventually.TrueAsync(
            () => Host.Log.Entries.Select(entry => entry.Id).Intersect([411, 412, 413]).Count() == 3, Timeout, () => "not all were logged");
        Assert.Equal(["Ada"], _desk.Delivered);
        Assert.Equal(OperationState.NotStarted, (await Host.Operations.GetAsync(waiting.Status.Id))!.State);
        Assert.DoesNotContain(Host.Log.Entries, entry => entry.Text.Contains("a secret", StringComparison.Ordinal));

        // Left to the redrive policy: they come again.
        await Host.StopAsync();
        var again = new HashSet<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                again.UnionWith((await Host.Queue.ReceiveAsync(Kind, 10, default)).Select(message => message.Id));
                return again.Count == 5;
            },
            Timeout, () => $"only {again.Count} came again");
    }

    [Fact]
    public async Task AHandlerThatThrows_IsTriedAgainAndItsTextStaysInside()
    {
        _desk.Throw["Bob"] = new InvalidOperationException("connection string: secret");

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Bob"));
        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 422), Timeout, () => "the exception was not logged");
        _desk.Throw.Clear();
        var end = await EndOfAsync(accepted.Id);

        Assert.Equal(OperationState.Succeeded, end.State);
        Assert.True(end.Attempt > 1);
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(end, OperationJson.Status), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHandlerThatThrowsEveryTime_EndsAsFailedAtTheLastTry()
    {
        _desk.Throw["Bob"] = new InvalidOperationException("connection string: secret");

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        Assert.Equal((OperationState.Failed, 3), (end.State, end.Attempt));
        Assert.EndsWith("handler-failed", end.Error!.Type, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(end, OperationJson.Status), StringComparison.Ordinal);
        Assert.Equal([422, 422, 427], Host.Log.Entries.Select(entry => entry.Id).Where(id => id is 422 or 427));
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task AHandlerThatSaysFailed_IsNotTriedAgain()
    {
        _desk.Throw["Bob"] = new OperationFailedException("No such street", "Bob lives nowhere.");

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        Assert.Equal((OperationState.Failed, 1, "No such street"), (end.State, end.Attempt, end.Error!.Title));
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task AResultTooLargeForTheDocument_EndsAsFailedAtOnce()
    {
        _desk.Result["Bob"] = new string('x', 20_000);

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        Assert.Equal((OperationState.Failed, 1), (end.State, end.Attempt));
        Assert.EndsWith("result-too-large", end.Error!.Type, StringComparison.Ordinal);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Progress_IsShown()
    {
        _desk.Steps["Ada"] = 50;

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        OperationStatus? seen = null;
        await Eventually.TrueAsync(
            async () => (seen = await Host.Operations.GetAsync(accepted.Id))!.PercentComplete is > 0 and < 100, Timeout, () => "no progress was seen");
        var end = await EndOfAsync(accepted.Id);

        Assert.StartsWith("step ", seen!.Message, StringComparison.Ordinal);
        Assert.Equal((100, null), (end.PercentComplete, end.Message));
    }

    [Fact]
    public async Task Progress_TooLargeForTheDocument_IsRefusedToTheHandler()
    {
        _desk.Message["Ada"] = new string('x', 20_000);

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        Assert.Equal(OperationState.Succeeded, end.State);
        Assert.IsType<StatusDocumentTooLargeException>(Assert.Single(_desk.Refused));
    }

    [Fact]
    public async Task AHandlerThatTakesLongerThanTheVisibilityTimeout_RunsOnce()
    {
        // Some five seconds, of which the message is hidden for two at a time.
        _desk.Steps["Ada"] = 250;

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        Assert.Equal((OperationState.Succeeded, 1), (end.State, end.Attempt));
        Assert.Equal(["Ada"], _desk.Delivered);
        Assert.True(end.LastUpdatedAt - end.CreatedAt > TimeSpan.FromSeconds(4), "It was too fast to tell.");
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task HandlersAtOnce_AreBounded()
    {
        var accepted = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Host.Operations.AcceptAsync(new Parcel("Ada"))));
        await Task.WhenAll(accepted.Select(operation => EndOfAsync(operation.Id)));

        Assert.InRange(_desk.MostAtOnce, 1, 3);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task StopAsync_AHandlerThatOutlivesTheTimeout_IsCanceledAndItsMessageGivenBack()
    {
        _desk.Wait["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _desk.Waiting > 0, Timeout, () => "the handler did not begin");

        await Host.StopAsync();

        Assert.Equal(OperationState.Running, (await Host.Operations.GetAsync(accepted.Id))!.State);
        Assert.Contains(Host.Log.Entries, entry => entry.Id == 423);
        var again = Assert.Single(await Host.Queue.ReceiveAsync(Kind, 1, default));
        Assert.True(again.ReceiveCount > 1);
    }

    [Fact]
    public async Task StopAsync_AHandlerThatDoesNotHear_IsLeftAndItsMessageGivenBack()
    {
        _desk.Deaf["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _desk.Waiting > 0, Timeout, () => "the handler did not begin");

        await Host.StopAsync();

        Assert.Contains(Host.Log.Entries, entry => entry.Id == 428);
        Assert.Equal(OperationState.Running, (await Host.Operations.GetAsync(accepted.Id))!.State);
        Assert.Single(await Host.Queue.ReceiveAsync(Kind, 1, default));
        _desk.Wake.SetResult();
    }

    [Fact]
    public async Task Cancel_AWaitingOperation_NeverRuns()
    {
        _desk.Wait["Ada"] = true;
        var running = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Host.Operations.AcceptAsync(new Parcel("Ada"))));
        await Eventually.TrueAsync(() => _desk.Waiting == 3, Timeout, () => "the handlers did not begin");
        var waiting = await Host.Operations.AcceptAsync(new Parcel("Bob"));

        Assert.Equal(OperationState.Canceled, (await Host.Operations.CancelAsync(waiting.Id))!.State);
        await Task.WhenAll(running.Select(operation => Host.Operations.CancelAsync(operation.Id)));
        var ends = await Task.WhenAll(running.Select(operation => EndOfAsync(operation.Id)));

        Assert.All(ends, end => Assert.Equal(OperationState.Canceled, end.State));
        await QueueIsEmptyAsync();
        Assert.Empty(_desk.Delivered);
        Assert.Equal(OperationState.Canceled, (await Host.Operations.GetAsync(waiting.Id))!.State);
    }

    [Fact]
    public async Task Cancel_ARunningOperation_IsSeenAtTheNextExtension()
    {
        _desk.Wait["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _desk.Waiting > 0, Timeout, () => "the handler did not begin");

        Assert.Equal(OperationState.Running, (await Host.Operations.CancelAsync(accepted.Id))!.State);
        Assert.Equal(OperationState.Running, (await Host.Operations.CancelAsync(accepted.Id))!.State);
        var end = await EndOfAsync(accepted.Id);

        Assert.Equal((OperationState.Canceled, 1, null), (end.State, end.Attempt, end.Error));
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Cancel_ARunningOperationThatReports_IsSeenByItsNextProgress()
    {
        await Host.StopAsync();
        await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        _desk.Steps["Ada"] = 100_000;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(
            async () => (await Host.Operations.GetAsync(accepted.Id))!.Message is not null, Timeout, () => "no progress was seen");

        await Host.Operations.CancelAsync(accepted.Id);

        Assert.Equal(OperationState.Canceled, (await EndOfAsync(accepted.Id)).State);
        Assert.Empty(_desk.Delivered);
    }

    [Fact]
    public async Task Cancel_AHandlerThatReturnsBeforeItSees_HasSucceeded()
    {
        _desk.Deaf["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _desk.Waiting > 0, Timeout, () => "the handler did not begin");

        await Host.Operations.CancelAsync(accepted.Id);
        _desk.Wake.SetResult();

        Assert.Equal(OperationState.Succeeded, (await EndOfAsync(accepted.Id)).State);
        Assert.Equal(OperationState.Succeeded, (await Host.Operations.CancelAsync(accepted.Id))!.State);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task AcceptedTenTimesWithOneKey_RunsOnce()
    {
        var options = new AcceptOptions { IdempotencyScope = "ada", IdempotencyKey = "0123456789abcdef" };

        var accepted = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Host.Operations.AcceptAsync(new Parcel("Ada"), options)));

        Assert.Equal(OperationState.Succeeded, (await EndOfAsync(Assert.Single(accepted.Select(operation => operation.Id).Distinct()))).State);
        await QueueIsEmptyAsync();
        Assert.Equal(["Ada"], _desk.Delivered);
    }

    private Task SendAsync(string body, string statusKey) =>
        Host.Queue.SendAsync(Kind, new OutgoingMessage { Body = body, StatusKey = statusKey }, default);

    private Task QueueIsEmptyAsync() =>
        Eventually.TrueAsync(async () => await Provider.CountMessagesAsync(Kind) == 0, Timeout, () => "messages are left");
}
