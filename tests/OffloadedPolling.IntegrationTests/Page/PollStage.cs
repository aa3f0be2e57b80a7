using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Playwright;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>
/// A page with only poll.js and its schedule, a clock that tests advance, and a server with prepared responses.
/// </summary>
internal sealed class PollStage
{
    public const string OldUrl = "http://status.test/one?signature=x", NewUrl = "http://status.test/one?signature=y";

    private const string Origin = "http://page.test";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private static readonly JsonSerializerOptions _json = new(
        JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly List<(string Url, double At)> _polls = [];

    private PollStage(IPage page) => Page = page;

    public IPage Page { get; }

    /// <summary>The polls, with their times by the page's clock.</summary>
    public IReadOnlyList<(string Url, double At)> Polls
    {
        get
        {
            lock (_polls)
            {
                return [.. _polls];
            }
        }
    }

    /// <summary>The response of a status URL; <see langword="null"/> breaks the connection.</summary>
    public Func<string, (int Status, string Body)?> Answer { get; set; } = _ =>
        throw new InvalidOperationException("No answer was prepared.");

    /// <summary>The host's response to a request for a new status URL.</summary>
    public Func<(int Status, string Body)?> Renew { get; set; } = () => (200, Accepted(NewUrl));

    /// <summary>The <c>Date</c> of every response, if they have one.</summary>
    public DateTimeOffset? Date { get; set; }

    /// <summary>Further headers of every response.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>The page's clock, in seconds.</summary>
    public double Clock { get; private set; }

    /// <summary>The step by which the clock advances, with time for the page's requests in between.</summary>
    public TimeSpan Step { get; set; } = TimeSpan.FromMilliseconds(500);

    public static async Task<PollStage> OpenAsync(Browser browser, ICollection<string> errors)
    {
        var stage = new PollStage(await browser.NewPageAsync(errors));
        var page = stage.Page;
        await page.Clock.InstallAsync(new() { TimeDate = DateTime.UnixEpoch });
        await page.RouteAsync($"{Origin}/**", stage.ServePageAsync);
        await page.RouteAsync("http://status.test/**", stage.ServeStatusAsync);
        await page.GotoAsync(Origin + "/");
        // Later than a busy browser needs to get here: a clock cannot go back.
        await page.Clock.PauseAtAsync(DateTime.UnixEpoch.AddMinutes(2));
        return stage;
    }

    public static string Accepted(
        string statusUrl, double retryAfter = 1, OperationEstimate? estimate = null, string status = "NotStarted", string id = "one") =>
        JsonSerializer.Serialize(new
    {
        id, status, statusUrl, operationUrl = "/operations/one", retryAfter, estimate,
    }, _json);

    public static (int Status, string Body)? Document(
        string status, int second, OperationEstimate? estimate = null, string id = "one", int? createdAt = null) =>
        (200, JsonSerializer.Serialize(new
    {
        id, status, createdAt = createdAt is { } at
            ? DateTime.UnixEpoch.AddSeconds(at)
            : (DateTime?)null, lastUpdatedAt = DateTime.UnixEpoch.AddSeconds(second), estimate,
    }, _json));

    /// <summary>Prepares responses of the status URL, in order. The last one repeats.</summary>
    public void AnswerInTurn(params (int Status, string Body)?[] answers)
    {
        var next = 0;
        Answer = _ => answers[Math.Min(next++, answers.Length - 1)];
    }

    public async Task StartAsync(string? accepted = null, string options = "") => await Page.EvaluateAsync(
        $$"""
        async () => {
          const { follow } = await import('/poll.js');
          window.statuses = [];
          window.abort = new AbortController();
          window.end = '';
          const onStatus = (status, polls) => statuses.push(`${status.status} ${polls}`);
          follow({{accepted ?? Accepted(OldUrl)}}, { signal: abort.signal, onStatus, {{options}} })
            .then(last => end = last.status, error => end = `${error.constructor.name}: ${error.message}`);
        }
        """);

    public async Task<string> FollowToTheEndAsync(string? accepted = null, string options = "")
    {
        await StartAsync(accepted, options);
        var end = "";
        await RunAsync(async () => (end = await EndAsync()).Length > 0);
        return end;
    }

    /// <summary>The last status, or the error. Empty while polling continues.</summary>
    public Task<string> EndAsync() => Page.EvaluateAsync<string>("end");

    public async Task<string[]> StatusesAsync() => await Page.EvaluateAsync<string[]>("statuses");

    public Task RunAsync(Func<bool> until) => RunAsync(() => Task.FromResult(until()));

    public Task RunAsync(Func<Task<bool>> until) => Eventually.TrueAsync(
        async () =>
        {
            await Page.Clock.RunForAsync((long)Step.TotalMilliseconds);
            Clock += Step.TotalSeconds;
            return await until();
        },
        _timeout, () => $"the page's clock is at {Clock}, after the polls {string.Join(", ", Polls)}");

    public async Task SetVisibilityAsync(string state) => await Page.EvaluateAsync(
        $$"""
        () => {
          Object.defineProperty(document, 'visibilityState', { get: () => '{{state}}', configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """);

    private Task ServePageAsync(IRoute route) => new Uri(route.Request.Url).AbsolutePath switch
    {
        "/" => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><title>a page</title>" }),
        "/poll.js" or "/poll-schedule.js" => route.FulfillAsync(new()
        {
            Path = PageServer.Folder + new Uri(route.Request.Url).AbsolutePath, ContentType = "text/javascript",
        }),
        "/operations/one/url" => FulfillAsync(route, Renew()),
        _ => route.AbortAsync(),
    };

    private Task ServeStatusAsync(IRoute route)
    {
        lock (_polls)
        {
            _polls.Add((route.Request.Url, Clock));
        }

        return FulfillAsync(route, Answer(route.Request.Url));
    }

    private Task FulfillAsync(IRoute route, (int Status, string Body)? answer) => answer is { } found
        ? route.FulfillAsync(new()
        {
            Status = found.Status,
            Body = found.Body,
            ContentType = "application/json",
            Headers = [
                new("Access-Control-Allow-Origin", "*"),
                new("Access-Control-Expose-Headers", "Date, Retry-After"),
                .. Date is { } date ? [new KeyValuePair<string, string>("Date", date.ToString("R"))] : (KeyValuePair<string, string>[])[],
                .. Headers],
        })
        : route.AbortAsync();
}
