using static OffloadedPolling.IntegrationTests.Page.PollStage;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>poll.js by itself, with a clock and a server that do as told.</summary>
public sealed class PollModuleTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private readonly List<string> _errors = [];

    private PollStage _stage = null!;

    public async ValueTask InitializeAsync() => _stage = await PollStage.OpenAsync(browser, _errors);

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_errors);
        await _stage.Page.Context.CloseAsync();
    }

    [Theory]
    // estimate, seconds since the document was written, seconds to the next look
    [InlineData(null, 0, 1)]
    [InlineData(null, 20, 6)]
    [InlineData(null, 1000, 10)]
    [InlineData("{ median: 5, upper: 6 }", 0, 4.337)]
    [InlineData("{ median: 5, upper: 6 }", 4, 1)]
    [InlineData("{ median: 5, upper: 6 }", 12, 2)]
    [InlineData("{ median: 100, upper: 200 }", 60, 10)]
    [InlineData("{ median: 3600, upper: 3600 }", 0, 3600)]
    [InlineData("{ median: 3600, upper: 3600 }", 36000, 30)]
    [InlineData("{ median: 0, upper: 0 }", 20, 6)]
    [InlineData("{}", 20, 6)]
    [InlineData("{ median: 5 }", 0, 5)]
    [InlineData("{ median: 5, upper: 4 }", 20, 6)]
    public async Task NextDelay_IsWhatTheEstimateAsksFor(string? estimate, double elapsed, double expected)
    {
        var delay = await _stage.Page.EvaluateAsync<double>(
            $"async () => (await import('/poll.js')).nextDelay({estimate ?? "undefined"}, {elapsed.ToString(System.Globalization.CultureInfo.InvariantCulture)})");

        Assert.Equal(expected, delay, 0.1);
    }

    [Fact]
    public async Task Follow_LooksFirstWhenRetryAfterSays_AndThenAsTheDocumentDoes()
    {
        _stage.AnswerInTurn(Document("Running", 1, """, "estimate": { "median": 20, "upper": 20 } """), Document("Succeeded", 2));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 10));

        // A tenth of jitter at most, never early; half a second of the clock's steps.
        Assert.Equal(2, _stage.Looks.Count);
        Assert.InRange(_stage.Looks[0].At, 10, 11.5);
        Assert.InRange(_stage.Looks[1].At - _stage.Looks[0].At, 19.5, 22.5);
        Assert.Equal(["Running 1", "Succeeded 2"], await _stage.StatusesAsync());
    }

    [Fact]
    public async Task Follow_AnOlderDocument_IsNotGoneBackTo()
    {
        _stage.AnswerInTurn(Document("Running", 5), Document("NotStarted", 1), Document("Succeeded", 6));

        await _stage.FollowToTheEndAsync();

        Assert.Equal(["Running 1", "Succeeded 3"], await _stage.StatusesAsync());
    }

    [Fact]
    public async Task Follow_TheEndInTheSameMillisecond_IsSeen()
    {
        _stage.AnswerInTurn(Document("Running", 1), Document("Running", 1), Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync();

        Assert.Equal(["Running 1", "Succeeded 3"], await _stage.StatusesAsync());
    }

    [Fact]
    public async Task Follow_503AndABrokenConnection_BacksOffAndGoesOn()
    {
        _stage.AnswerInTurn((503, ""), (429, ""), null, (200, "no json"), (200, "{}"), (200, """{ "status": "Running" }"""), Document("Succeeded", 1));

        Assert.Equal("Succeeded", await _stage.FollowToTheEndAsync());

        Assert.Equal(7, _stage.Looks.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(0)]
    public async Task Follow_ARefusedUrl_IsRenewedAndLookedAtAtOnce(int status)
    {
        _stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : status == 0 ? null : (status, "<Error/>");

        // By chance, a pause could be as short as no pause. Small steps, since the clock goes on while requests are under way.
        await _stage.Page.EvaluateAsync("Math.random = () => 0.999");
        _stage.Step = TimeSpan.FromMilliseconds(2);

        Assert.Equal("Succeeded", await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 0.05)));

        Assert.Equal([OldUrl, NewUrl], _stage.Looks.Select(look => look.Url));
        Assert.InRange(_stage.Looks[1].At - _stage.Looks[0].At, 0, 0.9);
    }

    [Fact]
    public async Task Follow_RefusedForEver_DoesNotAskTheHostAllTheTime()
    {
        var renewals = 0;
        _stage.Renew = () =>
        {
            renewals++;
            return (200, Accepted(OldUrl));
        };
        _stage.Answer = _ => (403, "");

        await _stage.StartAsync();
        _stage.Step = TimeSpan.FromSeconds(2);
        await _stage.RunAsync(() => _stage.Clock > 300);

        Assert.InRange(renewals, 5, 60);
    }

    [Theory]
    [InlineData(404, "The host knows no such operation any more.")]
    [InlineData(401, "The host does not let this caller see the operation.")]
    [InlineData(403, "The host does not let this caller see the operation.")]
    public async Task Follow_AnOperationThatTheHostDoesNotGiveOut_IsLost(int status, string expected)
    {
        _stage.Renew = () => (status, "");
        _stage.AnswerInTurn((403, ""));

        Assert.Equal($"OperationLost: {expected}", await _stage.FollowToTheEndAsync());
    }

    [Fact]
    public async Task Follow_AHostThatIsDown_IsAskedAgain()
    {
        var renewals = 0;
        _stage.Renew = () => ++renewals switch { 1 => null, 2 => (503, ""), 3 => (200, "<html>a login page</html>"), _ => (200, Accepted(NewUrl)) };
        _stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : (403, "");

        Assert.Equal("Succeeded", await _stage.FollowToTheEndAsync());

        Assert.Equal(4, renewals);
    }

    [Fact]
    public async Task Follow_OnAHiddenPage_StopsAndGoesOnAfter()
    {
        _stage.AnswerInTurn(Document("Running", 1), Document("Succeeded", 2));
        await _stage.StartAsync();
        await _stage.RunAsync(() => _stage.Looks.Count == 1);

        await _stage.SetVisibilityAsync("hidden");
        _stage.Step = TimeSpan.FromSeconds(20);
        var until = _stage.Clock + 600;
        await _stage.RunAsync(() => _stage.Clock > until);
        Assert.Single(_stage.Looks);
        _stage.Step = TimeSpan.FromMilliseconds(500);
        await _stage.SetVisibilityAsync("visible");

        await _stage.RunAsync(async () => await _stage.EndAsync() == "Succeeded");
        Assert.Equal(2, _stage.Looks.Count);
    }

    [Fact]
    public async Task Follow_AnOperationUrlAlone_BeginsWithANewUrlAndTheDocumentsAge()
    {
        // Written 90 seconds before the server's Date, with 100 to go: ten are left.
        _stage.Date = DateTimeOffset.UnixEpoch.AddSeconds(90);
        _stage.AnswerInTurn(Document("Running", 0, """, "estimate": { "median": 100, "upper": 100 } """), Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync("""{ "operationUrl": "/operations/one" }""");

        Assert.Equal([NewUrl, NewUrl], _stage.Looks.Select(look => look.Url));
        Assert.InRange(_stage.Looks[0].At, 0, 1.5);
        Assert.InRange(_stage.Looks[1].At - _stage.Looks[0].At, 9.5, 12.5);
    }

    [Fact]
    public async Task Follow_AClockOfTheServersThatIsWrong_CountsForNoMoreThanTheTimeSinceTheAccept()
    {
        _stage.Date = DateTimeOffset.UnixEpoch.AddHours(5);
        _stage.AnswerInTurn(Document("Running", 0, """, "estimate": { "median": 20, "upper": 20 } """), Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 2));

        Assert.InRange(_stage.Looks[1].At - _stage.Looks[0].At, 17.5, 22.5);
    }

    [Fact]
    public async Task Follow_Aborted_EndsWithTheSignalsReason()
    {
        _stage.AnswerInTurn(Document("Running", 1));
        await _stage.StartAsync();
        await _stage.RunAsync(() => _stage.Looks.Count == 1);

        await _stage.Page.EvaluateAsync("abort.abort(new Error('enough'))");

        await _stage.RunAsync(async () => await _stage.EndAsync() == "Error: enough");
        Assert.Single(_stage.Looks);
    }

    [Theory]
    [InlineData("{ \"title\": \"One or more validation errors occurred.\" }")]
    [InlineData("null")]
    public async Task Follow_WhatIsNoAcceptedOperation_SaysSoAtOnce(string body)
    {
        Assert.StartsWith("TypeError: follow() takes the body of a 202", await _stage.FollowToTheEndAsync(body), StringComparison.Ordinal);

        Assert.Empty(_stage.Looks);
    }

    [Fact]
    public async Task Follow_AtLeastEvery_LooksMoreOften()
    {
        _stage.AnswerInTurn(Document("Running", 1, """, "estimate": { "median": 100, "upper": 100 } """), Document("Running", 2), Document("Succeeded", 3));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 50), "atLeastEvery: 2");

        Assert.Equal(3, _stage.Looks.Count);
        Assert.InRange(_stage.Looks[^1].At, 5, 9);
    }
}
