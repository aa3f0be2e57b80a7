using OffloadedPolling.Tests.Client.Scheduling;

using static OffloadedPolling.IntegrationTests.Page.PollStage;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>When poll.js polls.</summary>
public sealed class PollModuleScheduleTests(Browser browser) : PollModuleStage(browser)
{
    public static TheoryData<string> Vectors => [.. ScheduleVector.All.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task NextDelay_MatchesTestVectors(string name)
    {
        var vector = ScheduleVector.All.Single(vector => vector.Name == name);

        var delays = await Stage.Page.EvaluateAsync<double[]>(
            $$"""
            async () => {
              const { pollSchedule } = await import('/poll-schedule.js');
              const { nextDelay } = pollSchedule({{Json(vector.Estimate)}}, {{Json(vector.TargetDelay)}});
              return {{Json(vector.Elapsed)}}.map(elapsed => nextDelay(elapsed));
            }
            """);

        delays.Should().NotBeEmpty();
        delays.Should().HaveCount(vector.NextDelay.Length);
        vector.NextDelay.Zip(delays).Should().AllSatisfy(pair =>
            pair.Second.Should().BeApproximately(pair.First, 0.001 + (0.001 * pair.First)));
    }

    [Theory]
    [InlineData("undefined", 0.5)]
    [InlineData("null", 0.5)]
    [InlineData("{}", 0.5)]
    [InlineData("{ median: 'soon', upper: 'later', quantiles: 'unknown' }", 0.5)]
    [InlineData("{ median: 1, upper: 2 }", 0.5)]
    [InlineData("{ median: 60, upper: 70 }", 3)]
    [InlineData("{ median: 3600, upper: 4000 }", 10)]
    public async Task PollSchedule_NoTargetDelay_UsesDefault(string estimate, double expected)
    {
        var found = await Stage.Page.EvaluateAsync<double[]>(
            $$"""
            async () => {
              const { pollSchedule, defaultTargetDelay } = await import('/poll-schedule.js');
              return [
                defaultTargetDelay({{estimate}}),
                pollSchedule({{estimate}}).nextDelay(9),
                pollSchedule({{estimate}}, {{Json(expected)}}).nextDelay(9),
              ];
            }
            """);

        found[0].Should().Be(expected);
        found[1].Should().BeInRange(0.01, 3600);
        found[2].Should().Be(found[1]);
    }

    [Fact]
    public async Task Follow_UsesRetryAfterThenDocumentEstimate()
    {
        Stage.AnswerInTurn(Document("Running", 1, Estimate(20, 20)), Document("Succeeded", 2));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 10));

        // Jitter: later by up to a quarter of the next interval, never earlier.
        Stage.Polls.Should().HaveCount(2);
        Stage.Polls[0].At.Should().BeInRange(10, 10 + (0.25 * Schedule(null).NextDelay(TimeSpan.FromSeconds(10)).TotalSeconds) + Steps);
        AssertPolledAfter(Schedule(Estimate(20, 20)), 0, PolledAfter(1));
        (await Stage.StatusesAsync()).Should().Equal("Running 1", "Succeeded 2");
    }

    [Fact]
    public async Task Follow_AcceptHasEstimate_FirstPollFollowsSchedule()
    {
        Stage.AnswerInTurn(Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 1, Estimate(20, 30)));

        AssertPolledAfter(Schedule(Estimate(20, 30)), 0, Stage.Polls.Single().At);
    }

    [Fact]
    public async Task Follow_RetryAfterBeforeSchedule_FirstPollFollowsSchedule()
    {
        Stage.AnswerInTurn(Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 1), "targetDelay: 4");

        Stage.Polls.Single().At.Should().BeInRange(6, 10 + Steps);
    }

    [Theory]
    [InlineData("Running", 7)]
    [InlineData("Succeeded", 0)]
    public async Task Follow_RepeatedAccept_FirstPollFollowsRetryAfter(string status, double retryAfter)
    {
        Stage.AnswerInTurn(Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter, Estimate(60, 70), status));

        Stage.Polls.Single().At.Should().BeInRange(retryAfter, (1.25 * retryAfter) + Steps);
    }

    [Fact]
    public async Task Follow_NoEstimate_PollsLessOftenDespiteProgress()
    {
        Stage.Answer = _ => Document("Running", (int)(Stage.Clock / 2) * 2);
        await Stage.StartAsync();
        Stage.Step = TimeSpan.FromSeconds(10);

        await Stage.RunAsync(() => Stage.Clock > TimeSpan.FromHours(1).TotalSeconds);

        Stage.Polls.Count.Should().BeInRange(80, 150);
    }

    [Fact]
    public async Task Follow_NoEstimateOnOldOperation_CountsFromCreation()
    {
        Stage.Date = DateTimeOffset.UnixEpoch.AddSeconds(81);
        Stage.AnswerInTurn(Document("Running", 80, createdAt: 1), Document("Succeeded", 90));

        await Stage.FollowToTheEndAsync("""{ "operationUrl": "/operations/one" }""");

        AssertPolledAfter(Schedule(null), 80, PolledAfter(1));
    }

    [Fact]
    public async Task Follow_TargetDelay_AppliesToSchedule()
    {
        var (usual, wanted) = (Schedule(Estimate(20, 40)), Schedule(Estimate(20, 40), targetDelay: 6));
        wanted.NextDelay(TimeSpan.Zero).Should().BeGreaterThan(1.5 * usual.NextDelay(TimeSpan.Zero));
        Stage.AnswerInTurn(Document("Running", 1, Estimate(20, 40)), Document("Succeeded", 2));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, 1, Estimate(20, 40)), "targetDelay: 6");

        AssertPolledAfter(wanted, 0, Stage.Polls[0].At);
        AssertPolledAfter(wanted, 0, PolledAfter(1));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("Infinity")]
    [InlineData("'soon'")]
    public async Task Follow_InvalidTargetDelay_Throws(string targetDelay)
    {
        (await Stage.FollowToTheEndAsync(options: $"targetDelay: {targetDelay}")).Should().StartWith("RangeError: targetDelay is");

        Stage.Polls.Should().BeEmpty();
    }

    [Fact]
    public async Task Follow_NewerEstimate_ReplacesSchedule()
    {
        Stage.AnswerInTurn(
            Document("Running", 1, Estimate(20, 24)), Document("Running", 2, Estimate(8, 10)), Document("Running", 3),
            Document("Succeeded", 4));

        await Stage.FollowToTheEndAsync();

        Stage.Polls.Should().HaveCount(4);
        AssertPolledAfter(Schedule(Estimate(20, 24)), 0, PolledAfter(1));
        AssertPolledAfter(Schedule(Estimate(8, 10)), 0, PolledAfter(2));
        AssertPolledAfter(Schedule(null), Stage.Polls[2].At, PolledAfter(3));
    }

    [Fact]
    public async Task Follow_SameEstimate_KeepsSchedule()
    {
        // Building a schedule computes logarithms; reading it computes none.
        await Stage.Page.EvaluateAsync(
            "() => { const log = Math.log; window.logarithms = 0; Math.log = x => { logarithms++; return log(x); }; }");
        Stage.AnswerInTurn(Document("Running", 1, Estimate(5, 8)), Document("Running", 2, Estimate(5, 8)), Document("Succeeded", 3));

        await Stage.StartAsync(Accepted(OldUrl, 1, Estimate(5, 8)));
        var first = await Stage.Page.EvaluateAsync<int>("logarithms");
        await Stage.RunAsync(async () => await Stage.EndAsync() == "Succeeded");

        Stage.Polls.Should().HaveCount(3);
        first.Should().NotBe(0);
        (await Stage.Page.EvaluateAsync<int>("logarithms")).Should().Be(first);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(0.5, 0)]
    [InlineData(0.999, 1)]
    public async Task Follow_Jitter_IsAtMostQuarterOfShorterInterval(double random, int side)
    {
        await Stage.Page.EvaluateAsync($"Math.random = () => {Json(random)}");
        var schedule = Schedule(null, targetDelay: 12);
        Stage.AnswerInTurn(Document("Running", 1), Document("Succeeded", 2));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 30), "targetDelay: 12");

        var (early, late) = Bounds(schedule, Stage.Polls[0].At);
        var expected = side switch { < 0 => early, 0 => (early + late) / 2, _ => late };
        Stage.Polls[0].At.Should().BeInRange(30 - Steps, 30 + (0.25 * 30 * Math.Abs(side)) + Steps);
        PolledAfter(1).Should().BeInRange(expected - Steps, expected + Steps);
    }

    [Fact]
    public async Task Follow_DelayExceedsTimerLimit_Waits()
    {
        var estimate = Estimate(TimeSpan.FromDays(40).TotalSeconds, TimeSpan.FromDays(44).TotalSeconds);
        var (early, late) = Bounds(Schedule(estimate), 0);
        early.Should().BeGreaterThan(TimeSpan.FromMilliseconds(int.MaxValue).TotalSeconds);
        Stage.AnswerInTurn(Document("Succeeded", 1));
        Stage.Step = TimeSpan.FromHours(4);

        await Stage.StartAsync(Accepted(OldUrl, 1, estimate));
        await Stage.RunAsync(() => Stage.Polls.Count > 0);

        Stage.Polls[0].At.Should().BeInRange(early - Stage.Step.TotalSeconds, late + Stage.Step.TotalSeconds);
    }

    [Fact]
    public async Task Follow_AtLeastEvery_PollsMoreOften()
    {
        Stage.AnswerInTurn(Document("Running", 1, Estimate(100, 100)), Document("Running", 2), Document("Succeeded", 3));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 50), "atLeastEvery: 2");

        Stage.Polls.Should().HaveCount(3);
        Stage.Polls[^1].At.Should().BeInRange(4.5 - Steps, 6 + (3 * Steps));
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(0.999, 6)]
    [InlineData(0.5, 8)]
    public async Task Follow_AtLeastEvery_LimitsDelay(double random, double expected)
    {
        await Stage.Page.EvaluateAsync($"Math.random = () => {Json(random)}");
        Stage.AnswerInTurn(Document("Running", 1, Estimate(100, 100)), Document("Succeeded", 2));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 50, Estimate(100, 100)), "atLeastEvery: 8");

        Stage.Polls[0].At.Should().BeInRange(expected - Steps, expected + Steps);
        PolledAfter(1).Should().BeInRange(expected - Steps, expected + Steps);
    }
}
