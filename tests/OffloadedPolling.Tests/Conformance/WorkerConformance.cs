using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>How a worker processes messages and ends operations, with any provider.</summary>
public abstract class WorkerConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private readonly HandlerScript _script = new();

    private protected override void Settings(OffloadedPollingOptions options) =>
        (options.MinProgressInterval, options.ShutdownTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(300));

    private protected override void Settings(OperationOptions kind) =>
        (kind.VisibilityTimeout, kind.MaxConcurrency, kind.MaxAttempts) = (TimeSpan.FromSeconds(2), 3, 3);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_script);
        builder.AddHandler<Parcel, ParcelHandler>();
    }

    [Fact]
    public async Task Worker_InvalidMessages_SkipsThemAndRunsOthers()
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

        (await EndOfAsync(good.Id)).State.Should().Be(OperationState.Succeeded);
        await Eventually.TrueAsync(
            () => Host.Log.Entries.Select(entry => entry.Id).Intersect([411, 412, 413]).Count() == 3, Timeout, () => "not all were logged");
        _script.Delivered.Should().Equal("Ada");
        (await Host.Operations.GetAsync(waiting.Status.Id))!.State.Should().Be(OperationState.NotStarted);
        Host.Log.Entries.Should().NotContain(entry => entry.Text.Contains("a secret", StringComparison.Ordinal));

        // The messages are left to the redrive policy, so they are redelivered.
        await Host.StopAsync();
        var again = new HashSet<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                again.UnionWith((await Host.Queue.ReceiveAsync(Kind, 10, default)).Select(message => message.Id));
                return again.Count == 5;
            },
            Timeout, () => $"only {again.Count} were redelivered");
    }

    [Fact]
    public async Task Handler_Throws_IsRetriedWithoutRevealingMessage()
    {
        _script.Throw["Bob"] = new InvalidOperationException("connection string: secret");

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Bob"));
        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 422), Timeout, () => "the exception was not logged");
        _script.Throw.Clear();
        var end = await EndOfAsync(accepted.Id);

        end.State.Should().Be(OperationState.Succeeded);
        end.Attempt.Should().BeGreaterThan(1);
        JsonSerializer.Serialize(end, OperationJson.Status).Should().NotContain("secret");
    }

    [Fact]
    public async Task Handler_AlwaysThrows_FailsAfterLastAttempt()
    {
        _script.Throw["Bob"] = new InvalidOperationException("connection string: secret");

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        (end.State, end.Attempt).Should().Be((OperationState.Failed, (int?)3));
        end.Error!.Type.Should().EndWith("handler-failed");
        JsonSerializer.Serialize(end, OperationJson.Status).Should().NotContain("secret");
        Host.Log.Entries.Select(entry => entry.Id).Where(id => id is 422 or 427).Should().Equal(422, 422, 427);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Handler_ThrowsOperationFailed_IsNotRetried()
    {
        _script.Throw["Bob"] = new OperationFailedException("No such street", "Bob lives nowhere.");

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        (end.State, end.Attempt, end.Error!.Title).Should().Be((OperationState.Failed, (int?)1, "No such street"));
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Handler_ResultTooLarge_FailsWithoutRetry()
    {
        _script.Result["Bob"] = new string('x', 20_000);

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Bob"))).Id);

        (end.State, end.Attempt).Should().Be((OperationState.Failed, (int?)1));
        end.Error!.Type.Should().EndWith("result-too-large");
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Progress_IsWrittenToDocument()
    {
        _script.Steps["Ada"] = 50;

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        OperationStatus? seen = null;
        await Eventually.TrueAsync(
            async () => (seen = await Host.Operations.GetAsync(accepted.Id))!.PercentComplete is > 0 and < 100, Timeout,
            () => "no progress was seen");
        var end = await EndOfAsync(accepted.Id);

        seen!.Message.Should().StartWith("step ");
        (end.PercentComplete, end.Message).Should().Be(((int?)100, (string?)null));
    }

    [Fact]
    public async Task Progress_TooLarge_ThrowsInHandler()
    {
        _script.Message["Ada"] = new string('x', 20_000);

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        end.State.Should().Be(OperationState.Succeeded);
        _script.Refused.Should().ContainSingle().Which.Should().BeOfType<StatusDocumentTooLargeException>();
    }

    [Fact]
    public async Task Handler_ExceedsVisibilityTimeout_RunsOnce()
    {
        // Takes about five seconds. The message is hidden for two seconds at a time.
        _script.Steps["Ada"] = 250;

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        (end.State, end.Attempt).Should().Be((OperationState.Succeeded, (int?)1));
        _script.Delivered.Should().Equal("Ada");
        (end.LastUpdatedAt - end.CreatedAt).Should().BeGreaterThan(TimeSpan.FromSeconds(4), "it must exceed the visibility timeout");
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Handlers_ConcurrentRuns_AreLimited()
    {
        var accepted = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Host.Operations.AcceptAsync(new Parcel("Ada"))));
        await Task.WhenAll(accepted.Select(operation => EndOfAsync(operation.Id)));

        _script.MostAtOnce.Should().BeInRange(1, 3);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task StopAsync_HandlerExceedsTimeout_CancelsAndReleasesMessage()
    {
        _script.Wait["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");

        await Host.StopAsync();

        (await Host.Operations.GetAsync(accepted.Id))!.State.Should().Be(OperationState.Running);
        Host.Log.Entries.Should().Contain(entry => entry.Id == 423);
        var again = (await Host.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Which;
        again.ReceiveCount.Should().BeGreaterThan(1);
    }

    [Fact]
    public async Task StopAsync_HandlerIgnoresCancellation_ReleasesMessage()
    {
        _script.Deaf["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");

        await Host.StopAsync();

        Host.Log.Entries.Should().Contain(entry => entry.Id == 428);
        (await Host.Operations.GetAsync(accepted.Id))!.State.Should().Be(OperationState.Running);
        (await Host.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle();
        _script.Wake.SetResult();
    }

    [Fact]
    public async Task CancelAsync_WaitingOperation_NeverRuns()
    {
        _script.Wait["Ada"] = true;
        var running = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Host.Operations.AcceptAsync(new Parcel("Ada"))));
        await Eventually.TrueAsync(() => _script.Waiting == 3, Timeout, () => "the handlers did not start");
        var waiting = await Host.Operations.AcceptAsync(new Parcel("Bob"));

        (await Host.Operations.CancelAsync(waiting.Id))!.State.Should().Be(OperationState.Canceled);
        await Task.WhenAll(running.Select(operation => Host.Operations.CancelAsync(operation.Id)));
        var ends = await Task.WhenAll(running.Select(operation => EndOfAsync(operation.Id)));

        ends.Should().AllSatisfy(end => end.State.Should().Be(OperationState.Canceled));
        await QueueIsEmptyAsync();
        _script.Delivered.Should().BeEmpty();
        (await Host.Operations.GetAsync(waiting.Id))!.State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task CancelAsync_RunningOperation_CancelsAtNextExtension()
    {
        _script.Wait["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");

        (await Host.Operations.CancelAsync(accepted.Id))!.State.Should().Be(OperationState.Running);
        (await Host.Operations.CancelAsync(accepted.Id))!.State.Should().Be(OperationState.Running);
        var end = await EndOfAsync(accepted.Id);

        (end.State, end.Attempt, end.Error).Should().Be((OperationState.Canceled, (int?)1, (OperationProblem?)null));
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task CancelAsync_RunningOperation_CancelsAtNextProgress()
    {
        await Host.StopAsync();
        await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        _script.Steps["Ada"] = 100_000;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(
            async () => (await Host.Operations.GetAsync(accepted.Id))!.Message is not null, Timeout, () => "no progress was seen");

        await Host.Operations.CancelAsync(accepted.Id);

        (await EndOfAsync(accepted.Id)).State.Should().Be(OperationState.Canceled);
        _script.Delivered.Should().BeEmpty();
    }

    [Fact]
    public async Task CancelAsync_HandlerReturnsFirst_Succeeds()
    {
        _script.Deaf["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");

        await Host.Operations.CancelAsync(accepted.Id);
        _script.Wake.SetResult();

        (await EndOfAsync(accepted.Id)).State.Should().Be(OperationState.Succeeded);
        (await Host.Operations.CancelAsync(accepted.Id))!.State.Should().Be(OperationState.Succeeded);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task AcceptAsync_TenTimesWithSameKey_RunsOnce()
    {
        var options = new AcceptOptions { IdempotencyScope = "ada", IdempotencyKey = "0123456789abcdef" };

        var accepted = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Host.Operations.AcceptAsync(new Parcel("Ada"), options)));

        (await EndOfAsync(accepted.Select(operation => operation.Id).Distinct().Should().ContainSingle().Which)).State
            .Should().Be(OperationState.Succeeded);
        await QueueIsEmptyAsync();
        _script.Delivered.Should().Equal("Ada");
    }

    private Task SendAsync(string body, string statusKey) =>
        Host.Queue.SendAsync(Kind, new OutgoingMessage { Body = body, StatusKey = statusKey }, default);

    private Task QueueIsEmptyAsync() =>
        Eventually.TrueAsync(async () => await Provider.CountMessagesAsync(Kind) == 0, Timeout, () => "messages are left");
}
