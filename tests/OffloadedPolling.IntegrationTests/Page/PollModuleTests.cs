using System.Text.Json;
using Microsoft.Playwright;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>poll.js by itself, with a clock and a server that do as told.</summary>
public sealed class PollModuleTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private const string Origin = "http://page.test", StatusUrl = "http://status.test/one?signature=x", NewStatusUrl = "http://status.test/one?signature=y";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly List<string> _errors = [];

    private readonly List<(string Url, double At)> _looks = [];

    private Func<string, Task<(int Status, string Body)?>> _answer = _ => throw new InvalidOperationException("No answer was prepared.");

    private Func<(int Status, string Body)?> _renew = () => (200, Accepted(NewStatusUrl));

    private IPage _page = null!;

    private DateTimeOffset? _date;

    private double _clock;

    private TimeSpan _step = TimeSpan.FromMilliseconds(500);

    public async ValueTask InitializeAsync()
    {
        _page = await browser.NewPageAsync(_errors);
        await _page.Clock.InstallAsync(new() { TimeDate = DateTime.UnixEpoch });
        await _page.RouteAsync($"{Origin}/**", route => new Uri(route.Request.Url).AbsolutePath switch
        {
            "/" => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><title>a page</title>" }),
            "/poll.js" => route.FulfillAsync(new() { Path = Path.Combine(PageServer.Folder, "poll.js"), ContentType = "text/javascript" }),
            "/operations/one/url" => FulfillAsync(route, _renew()),
            _ => route.AbortAsync(),
        });
        await _page.RouteAsync("http://status.test/**", async route =>
        {
            lock (_looks)
            {
                _looks.Add((route.Request.Url, _clock));
            }

            await FulfillAsync(route, await _answer(route.Request.Url));
        });
        await _page.GotoAsync(Origin + "/");
        await _page.Clock.PauseAtAsync(DateTime.UnixEpoch.AddSeconds(1));
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_errors);
        await _page.Context.CloseAsync();
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
        var delay = await _page.EvaluateAsync<double>(
            $"async () => (await import('/poll.js')).nextDelay({estimate ?? "undefined"}, {elapsed.ToString(System.Globalization.CultureInfo.InvariantCulture)})");

        Assert.Equal(expected, delay, 0.1);
    }

    [Fact]
    public async Task Follow_LooksFirstWhenRetryAfterSays_AndThenAsTheDocumentDoes()
    {
        Answer(Document("Running", 1, """, "estimate": { "median": 20, "upper": 20 } """), Document("Succeeded", 2));

        await FollowToTheEndAsync(Accepted(StatusUrl, retryAfter: 10));

        // A tenth of jitter at most, never early; half a second of the clock's steps.
        Assert.Equal(2, _looks.Count);
        Assert.InRange(_looks[0].At, 10, 11.5);
        Assert.InRange(_looks[1].At - _looks[0].At, 19.5, 22.5);
        Assert.Equal(["Running 1", "Succeeded 2"], await StatusesAsync());
    }

    [Fact]
    public async Task Follow_AnOlderDocument_IsNotGoneBackTo()
    {
        Answer(Document("Running", 5), Document("NotStarted", 1), Document("Succeeded", 6));

        await FollowToTheEndAsync();

        Assert.Equal(["Running 1", "Succeeded 3"], await StatusesAsync());
    }

    [Fact]
    public async Task Follow_TheEndInTheSameMillisecond_IsSeen()
    {
        Answer(Document("Running", 1), Document("Running", 1), Document("Succeeded", 1));

        await FollowToTheEndAsync();

        Assert.Equal(["Running 1", "Succeeded 3"], await StatusesAsync());
    }

    [Fact]
    public async Task Follow_503AndABrokenConnection_BacksOffAndGoesOn()
    {
        Answer((503, ""), (429, ""), null, (200, "no json"), (200, "{}"), (200, """{ "status": "Running" }"""), Document("Succeeded", 1));

        Assert.Equal("Succeeded", await FollowToTheEndAsync());

        Assert.Equal(7, _looks.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(0)]
    public async Task Follow_ARefusedUrl_IsRenewedAndLookedAtAtOnce(int status)
    {
        _answer = url => Task.FromResult<(int, string)?>(url == NewStatusUrl ? Document("Succeeded", 1) : status == 0 ? null : (status, "<Error/>"));

        // By chance, a pause could be as short as no pause. Small steps, since the clock goes on while requests are under way.
        await _page.EvaluateAsync("Math.random = () => 0.999");
        _step = TimeSpan.FromMilliseconds(2);

        Assert.Equal("Succeeded", await FollowToTheEndAsync(Accepted(StatusUrl, retryAfter: 0.05)));

        Assert.Equal([StatusUrl, NewStatusUrl], _looks.Select(look => look.Url));
        Assert.InRange(_looks[1].At - _looks[0].At, 0, 0.9);
    }

    [Fact]
    public async Task Follow_RefusedForEver_DoesNotAskTheHostAllTheTime()
    {
        var renewals = 0;
        _renew = () =>
        {
            renewals++;
            return (200, Accepted(StatusUrl));
        };
        _answer = _ => Task.FromResult<(int, string)?>((403, ""));

        await StartAsync(Accepted(StatusUrl));
        _step = TimeSpan.FromSeconds(2);
        await RunAsync(() => _clock > 300);

        Assert.InRange(renewals, 5, 60);
    }

    [Theory]
    [InlineData(404, "The host knows no such operation any more.")]
    [InlineData(401, "The host does not let this caller see the operation.")]
    [InlineData(403, "The host does not let this caller see the operation.")]
    public async Task Follow_AnOperationThatTheHostDoesNotGiveOut_IsLost(int status, string expected)
    {
        _renew = () => (status, "");
        Answer((403, ""));

        Assert.Equal($"OperationLost: {expected}", await FollowToTheEndAsync());
    }

    [Fact]
    public async Task Follow_AHostThatIsDown_IsAskedAgain()
    {
        var renewals = 0;
        _renew = () => ++renewals switch { 1 => null, 2 => (503, ""), 3 => (200, "<html>a login page</html>"), _ => (200, Accepted(NewStatusUrl)) };
        _answer = url => Task.FromResult<(int, string)?>(url == NewStatusUrl ? Document("Succeeded", 1) : (403, ""));

        Assert.Equal("Succeeded", await FollowToTheEndAsync());

        Assert.Equal(4, renewals);
    }

    [Fact]
    public async Task Follow_OnAHiddenPage_StopsAndGoesOnAfter()
    {
        Answer(Document("Running", 1), Document("Succeeded", 2));
        await StartAsync(Accepted(StatusUrl));
        await RunAsync(() => _looks.Count == 1);

        await SetVisibilityAsync("hidden");
        _step = TimeSpan.FromSeconds(20);
        var until = _clock + 600;
        await RunAsync(() => _clock > until);
        Assert.Single(_looks);
        _step = TimeSpan.FromMilliseconds(500);
        await SetVisibilityAsync("visible");

        await RunAsync(async () => await EndAsync() == "Succeeded");
        Assert.Equal(2, _looks.Count);
    }

    [Fact]
    public async Task Follow_AnOperationUrlAlone_BeginsWithANewUrlAndTheDocumentsAge()
    {
        // Written 90 seconds before the server's Date, with 100 to go: ten are left.
        _date = DateTimeOffset.UnixEpoch.AddSeconds(90);
        Answer(Document("Running", 0, """, "estimate": { "median": 100, "upper": 100 } """), Document("Succeeded", 1));

        await FollowToTheEndAsync("""{ "operationUrl": "/operations/one" }""");

        Assert.Equal([NewStatusUrl, NewStatusUrl], _looks.Select(look => look.Url));
        Assert.InRange(_looks[0].At, 0, 1.5);
        Assert.InRange(_looks[1].At - _looks[0].At, 9.5, 12.5);
    }

    [Fact]
    public async Task Follow_AClockOfTheServersThatIsWrong_CountsForNoMoreThanTheTimeSinceTheAccept()
    {
        _date = DateTimeOffset.UnixEpoch.AddHours(5);
        Answer(Document("Running", 0, """, "estimate": { "median": 20, "upper": 20 } """), Document("Succeeded", 1));

        await FollowToTheEndAsync(Accepted(StatusUrl, retryAfter: 2));

        Assert.InRange(_looks[1].At - _looks[0].At, 17.5, 22.5);
    }

    [Fact]
    public async Task Follow_Aborted_EndsWithTheSignalsReason()
    {
        Answer(Document("Running", 1));
        await StartAsync(Accepted(StatusUrl));
        await RunAsync(() => _looks.Count == 1);

        await _page.EvaluateAsync("abort.abort(new Error('enough'))");

        await RunAsync(async () => await EndAsync() == "Error: enough");
        Assert.Single(_looks);
    }

    [Theory]
    [InlineData("{ \"title\": \"One or more validation errors occurred.\" }")]
    [InlineData("null")]
    public async Task Follow_WhatIsNoAcceptedOperation_SaysSoAtOnce(string body)
    {
        Assert.StartsWith("TypeError: follow() takes the body of a 202", await FollowToTheEndAsync(body), StringComparison.Ordinal);

        Assert.Empty(_looks);
    }

    [Fact]
    public async Task Follow_AtLeastEvery_LooksMoreOften()
    {
        Answer(Document("Running", 1, """, "estimate": { "median": 100, "upper": 100 } """), Document("Running", 2), Document("Succeeded", 3));

        await FollowToTheEndAsync(Accepted(StatusUrl, retryAfter: 50), "atLeastEvery: 2");

        Assert.Equal(3, _looks.Count);
        Assert.InRange(_looks[^1].At, 5, 9);
    }

    private static string Accepted(string statusUrl, double retryAfter = 1) => JsonSerializer.Serialize(new
    {
        id = "one", status = "NotStarted", statusUrl, operationUrl = "/operations/one", retryAfter,
    });

    private static (int Status, string Body)? Document(string status, int second, string more = "") =>
        (200, $$"""{ "id": "one", "status": "{{status}}", "lastUpdatedAt": "1970-01-01T00:00:{{second:00}}.000Z"{{more}} }""");

    // One after another; the last stands.
    private void Answer(params (int Status, string Body)?[] answers)
    {
        var next = 0;
        _answer = _ => Task.FromResult(answers[Math.Min(next++, answers.Length - 1)]);
    }

    private Task FulfillAsync(IRoute route, (int Status, string Body)? answer) => answer is { } found
        ? route.FulfillAsync(new()
        {
            Status = found.Status,
            Body = found.Body,
            ContentType = "application/json",
            Headers = [
                new("Access-Control-Allow-Origin", "*"),
                .. _date is { } date ? [new("Access-Control-Expose-Headers", "Date"), new KeyValuePair<string, string>("Date", date.ToString("R"))] : (KeyValuePair<string, string>[])[]],
        })
        : route.AbortAsync();

    private async Task StartAsync(string accepted, string options = "") => await _page.EvaluateAsync(
        $$"""
        async () => {
          const { follow } = await import('/poll.js');
          window.statuses = [];
          window.abort = new AbortController();
          window.end = '';
          follow({{accepted}}, { signal: abort.signal, onStatus: (status, looks) => statuses.push(`${status.status} ${looks}`), {{options}} })
            .then(last => end = last.status, error => end = `${error.constructor.name}: ${error.message}`);
        }
        """);

    private async Task<string> FollowToTheEndAsync(string? accepted = null, string options = "")
    {
        await StartAsync(accepted ?? Accepted(StatusUrl), options);
        var end = "";
        await RunAsync(async () => (end = await EndAsync()).Length > 0);
        return end;
    }

    private Task<string> EndAsync() => _page.EvaluateAsync<string>("end");

    private async Task<string[]> StatusesAsync() => await _page.EvaluateAsync<string[]>("statuses");

    private Task RunAsync(Func<bool> until) => RunAsync(() => Task.FromResult(until()));

    // A step of the page's clock at a time, with a moment for its requests between.
    private Task RunAsync(Func<Task<bool>> until) => Eventually.TrueAsync(
        async () =>
        {
            await _page.Clock.RunForAsync((long)_step.TotalMilliseconds);
            _clock += _step.TotalSeconds;
            return await until();
        },
        _timeout, () => $"the page's clock is at {_clock}, after the looks {string.Join(", ", _looks)}");

    private async Task SetVisibilityAsync(string state) => await _page.EvaluateAsync(
        $$"""
        () => {
          Object.defineProperty(document, 'visibilityState', { get: () => '{{state}}', configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """);
}
