namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>The scenarios that every implementation of the poller must pass. poll.js runs them too.</summary>
public sealed class PollScenarioTests
{
    public static TheoryData<string> Names => [.. PollScenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Poller_InScenario_PollsAtExpectedTimes(string name)
    {
        var scenario = PollScenario.All.Single(scenario => scenario.Name == name);
        var time = new AutoAdvancingTimeProvider { ClockError = TimeSpan.FromSeconds(scenario.CallerClockAhead) };
        using var server = new ScenarioServer(scenario, time);
        using var http = new HttpClient(server);
        using var poller = new OperationPoller(http, new OperationPollerOptions
        {
            TimeProvider = time,
            Random = () => 0.5,
            AtLeastEvery = Seconds(scenario.Options.AtLeastEvery),
            TargetDelay = Seconds(scenario.Options.TargetDelay),
        });

        var (states, end) = await FollowAsync(poller, scenario, server);

        end.Should().Be(scenario.End);
        states.Should().Equal(scenario.States);
        server.Polls.Should().Equal(scenario.Polls, AreNear);
        server.Renewals.Should().Equal(scenario.Renewals, AreNear);
    }

    [Fact]
    public async Task Poller_DocumentUnchanged_ReceivesNotModified()
    {
        var scenario = PollScenario.All.Single(scenario => scenario.Name == "A document that does not change is polled along its schedule");
        var time = new AutoAdvancingTimeProvider();
        using var server = new ScenarioServer(scenario, time);
        using var http = new HttpClient(server);
        using var poller = new OperationPoller(http, new OperationPollerOptions { TimeProvider = time, Random = () => 0.5 });

        await FollowAsync(poller, scenario, server);

        server.NotModified.Should().Be(scenario.Polls.Length - 2, "only the first and the last poll return a document");
    }

    [Fact]
    public void Scenarios_RepeatedAccept_EstimateIsRemainingTime()
    {
        var repeated = PollScenario.All.Where(scenario => scenario.Accepted is { Repeated: true, Estimate: not null }).ToList();

        repeated.Should().NotBeEmpty().And.AllSatisfy(scenario =>
        {
            var document = scenario.Store[0].Document!;
            var left = document.Estimate!.After(TimeSpan.FromSeconds(-document.LastUpdatedAt))!;
            scenario.Accepted!.Estimate!.Median.Should().BeCloseTo(left.Median, TimeSpan.FromSeconds(0.1));
            scenario.Accepted.Estimate.Upper.Should().BeCloseTo(left.Upper, TimeSpan.FromSeconds(0.1));
        });
    }

    private static async Task<(List<string> States, string End)> FollowAsync(
        OperationPoller poller, PollScenario scenario, ScenarioServer server)
    {
        var states = new List<string>();
        var documents = scenario.Accepted is { } answer
            ? poller.WatchAsync(server.Accepted(answer))
            : poller.WatchAsync(poller.GetResumeToken(server.Accepted(new PollScenario.AcceptAnswer("Running", 0))));
        try
        {
            await foreach (var status in documents)
            {
                states.Add(status.State.ToString());
            }
        }
        catch (OperationUnavailableException)
        {
            return (states, "lost");
        }

        return (states, states[^1]);
    }

    private static TimeSpan? Seconds(double? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;

    // Timers use whole milliseconds, and the implementations agree to one part in a thousand.
    private static bool AreNear(double actual, double expected) => Math.Abs(actual - expected) <= 0.02 + (0.001 * expected);
}
