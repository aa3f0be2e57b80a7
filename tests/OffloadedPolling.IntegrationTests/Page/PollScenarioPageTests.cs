using Microsoft.Playwright;
using OffloadedPolling.Tests.Client.Polling;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>poll.js in the scenarios that apply to every poller.</summary>
public sealed class PollScenarioPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Origin = "http://page.test";

    private readonly List<string> _errors = [];

    public static TheoryData<string> Names => [.. PollScenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Follow_Scenario_PollsAtExpectedTimes(string name)
    {
        var scenario = PollScenario.All.Single(scenario => scenario.Name == name);
        var page = await browser.NewPageAsync(_errors);
        await page.RouteAsync($"{Origin}/**", ServeAsync);
        await page.GotoAsync(Origin);

        var seen = await page.EvaluateAsync<Seen>(
            $$"""
            async () => {
              const [{ follow }, { run }] = [await import('/poll.js'), await import('/run.js')];
              const scenarios = await (await fetch('/polling.json')).json();
              return await run(scenarios.find(scenario => scenario.name === {{System.Text.Json.JsonSerializer.Serialize(name)}}), follow);
            }
            """);

        seen.End.Should().Be(scenario.End);
        seen.States.Should().Equal(scenario.States);
        seen.Polls.Should().Equal(scenario.Polls, AreNear);
        seen.Renewals.Should().Equal(scenario.Renewals, AreNear);
        _errors.Should().BeEmpty();
        await page.Context.CloseAsync();
    }

    private static Task ServeAsync(IRoute route) => new Uri(route.Request.Url).AbsolutePath switch
    {
        "/" => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><title>a page</title>" }),
        "/run.js" => route.FulfillAsync(new() { Path = PathOf("run.js"), ContentType = "text/javascript" }),
        "/polling.json" => route.FulfillAsync(new() { Path = PollScenario.File, ContentType = "application/json" }),
        var script => route.FulfillAsync(new() { Path = PageServer.Folder + script, ContentType = "text/javascript" }),
    };

    private static string PathOf(string file) => Path.Combine(Path.GetDirectoryName(PollScenario.File)!, file);

    // The implementations agree to a thousandth.
    private static bool AreNear(double actual, double expected) => Math.Abs(actual - expected) <= 0.02 + (0.001 * expected);

    private sealed class Seen
    {
        public double[] Polls { get; set; } = [];

        public double[] Renewals { get; set; } = [];

        public string[] States { get; set; } = [];

        public string End { get; set; } = "";
    }
}
