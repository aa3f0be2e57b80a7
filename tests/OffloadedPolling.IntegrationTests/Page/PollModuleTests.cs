using System.Text.Json;
using OffloadedPolling.Tests.Scheduling;
using static OffloadedPolling.IntegrationTests.Page.PollStage;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>poll.js by itself, with a clock and a server that do as told.</summary>
public sealed class PollModuleTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    // How exactly a look is timed: the clock goes on by half a second at a time, and while a request is under way.
    private const double Steps = 1;

    private readonly List<string> _errors = [];

    private PollStage _stage = null!;

    public async ValueTask InitializeAsync() => _stage = await PollStage.OpenAsync(browser, _errors);

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(_errors);
        await _stage.Page.Context.CloseAsync();
    }

    public static TheoryData<string> Vectors => [.. ScheduleVector.All.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task NextDelay_IsThatOfTheTestVectors(string name)
    {
        var vector = ScheduleVector.All.Single(vector => vector.Name == name);

        var delays = await _stage.Page.EvaluateAsync<double[]>(
            $$"""
            async () => {
              const { pollSchedule } = await import('/poll-schedule.js');
              const { nextDelay } = pollSchedule({{Json(vector.Estimate)}}, {{Json(vector.TargetDelay)}});
              return {{Json(vector.Elapsed)}}.map(elapsed => nextDelay(elapsed));
            }
            """);

        Assert.NotEmpty(delays);
        Assert.Equal(vector.NextDelay.Length, delays.Length);
        Assert.All(vector.NextDelay.Zip(delays), pair => Assert.Equal(pair.First, pair.Second, 0.001 + (0.001 * pair.First)));
    }

    [Theory]
    [InlineData("undefined", 0.5)]
    [InlineData("null", 0.5)]
    [InlineData("{}", 0.5)]
    [InlineData("{ median: 'soon', upper: 'later', quantiles: 'unknown' }", 0.5)]
    [InlineData("{ median: 1, upper: 2 }", 0.5)]
    [InlineData("{ median: 60, upper: 70 }", 3)]
    [InlineData("{ median: 3600, upper: 4000 }", 10)]
    public async Task PollSchedule_WithoutATarget_HasTheDefaultOne(string estimate, double expected)
    {
        var found = await _stage.Page.EvaluateAsync<double[]>(
            $$"""
            async () => {
              const { pollSchedule, defaultTargetDelay } = await import('/poll-schedule.js');
              return [defaultTargetDelay({{estimate}}), pollSchedule({{estimate}}).nextDelay(9), pollSchedule({{estimate}}, {{Json(expected)}}).nextDelay(9)];
            }
            """);

        Assert.Equal(expected, found[0]);
        Assert.InRange(found[1], 0.01, 3600);
        Assert.Equal(found[1], found[2]);
    }

    [Fact]
    public async Task Follow_LooksFirstWhenRetryAfterSays_AndThenAsTheDocumentDoes()
    {
        _stage.AnswerInTurn(Document("Running", 1, Estimate(20, 20)), Document("Succeeded", 2));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 10));

        // By chance a quarter of the next interval later, never early.
        Assert.Equal(2, _stage.Looks.Count);
        Assert.InRange(_stage.Looks[0].At, 10, 10 + (0.25 * Schedule(null).NextDelay(TimeSpan.FromSeconds(10)).TotalSeconds) + Steps);
        AssertLookedAfter(Schedule(Estimate(20, 20)), 0, LookedAfter(1));
        Assert.Equal(["Running 1", "Succeeded 2"], await _stage.StatusesAsync());
    }

    [Fact]
    public async Task Follow_AnAcceptWithAnEstimate_LooksFirstWhenItsScheduleSays()
    {
        _stage.AnswerInTurn(Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 1, Estimate(20, 30)));

        AssertLookedAfter(Schedule(Estimate(20, 30)), 0, _stage.Looks.Single().At);
    }

    [Fact]
    public async Task Follow_ARetryAfterSoonerThanTheScheduleOfAnUnknownEstimate_IsNotWhatCounts()
    {
        _stage.AnswerInTurn(Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 1), "targetDelay: 4");

        Assert.InRange(_stage.Looks.Single().At, 6, 10 + Steps);
    }

    [Theory]
    [InlineData("Running", 7)]
    [InlineData("Succeeded", 0)]
    public async Task Follow_AnAcceptThatIsRepeated_LooksFirstWhenRetryAfterSays(string status, double retryAfter)
    {
        _stage.AnswerInTurn(Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter, Estimate(60, 70), status));

        Assert.InRange(_stage.Looks.Single().At, retryAfter, (1.25 * retryAfter) + Steps);
    }

    [Fact]
    public async Task Follow_WithoutAnEstimate_LooksMoreSeldomWhateverProgressIsWritten()
    {
        _stage.Answer = _ => Document("Running", (int)(_stage.Clock / 2) * 2);
        await _stage.StartAsync();
        _stage.Step = TimeSpan.FromSeconds(10);

        await _stage.RunAsync(() => _stage.Clock > TimeSpan.FromHours(1).TotalSeconds);

        Assert.InRange(_stage.Looks.Count, 80, 150);
    }

    [Fact]
    public async Task Follow_WithoutAnEstimateAtAnOldOperation_CountsFromItsAcceptByTheServersClocks()
    {
        _stage.Date = DateTimeOffset.UnixEpoch.AddSeconds(81);
        _stage.AnswerInTurn(Document("Running", 80, createdAt: 1), Document("Succeeded", 90));

        await _stage.FollowToTheEndAsync("""{ "operationUrl": "/operations/one" }""");

        AssertLookedAfter(Schedule(null), 80, LookedAfter(1));
    }

    [Fact]
    public async Task Follow_TargetDelay_IsThatOfTheSchedule()
    {
        var (usual, wanted) = (Schedule(Estimate(20, 40)), Schedule(Estimate(20, 40), targetDelay: 6));
        Assert.True(wanted.NextDelay(TimeSpan.Zero) > 1.5 * usual.NextDelay(TimeSpan.Zero));
        _stage.AnswerInTurn(Document("Running", 1, Estimate(20, 40)), Document("Succeeded", 2));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, 1, Estimate(20, 40)), "targetDelay: 6");

        AssertLookedAfter(wanted, 0, _stage.Looks[0].At);
        AssertLookedAfter(wanted, 0, LookedAfter(1));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("Infinity")]
    [InlineData("'soon'")]
    public async Task Follow_ATargetDelayThatIsNone_SaysSoAtOnce(string targetDelay)
    {
        Assert.StartsWith("RangeError: A targetDelay is", await _stage.FollowToTheEndAsync(options: $"targetDelay: {targetDelay}"), StringComparison.Ordinal);

        Assert.Empty(_stage.Looks);
    }

    [Fact]
    public async Task Follow_ANewerEstimate_MakesANewSchedule()
    {
        _stage.AnswerInTurn(
            Document("Running", 1, Estimate(20, 24)), Document("Running", 2, Estimate(8, 10)), Document("Running", 3), Document("Succeeded", 4));

        await _stage.FollowToTheEndAsync();

        Assert.Equal(4, _stage.Looks.Count);
        AssertLookedAfter(Schedule(Estimate(20, 24)), 0, LookedAfter(1));
        AssertLookedAfter(Schedule(Estimate(8, 10)), 0, LookedAfter(2));
        AssertLookedAfter(Schedule(null), _stage.Looks[2].At, LookedAfter(3));
    }

    [Fact]
    public async Task Follow_TheSameEstimateAgain_KeepsTheSchedule()
    {
        // What is made of logarithms is the schedule; to ask it takes none.
        await _stage.Page.EvaluateAsync("() => { const log = Math.log; window.logarithms = 0; Math.log = x => { logarithms++; return log(x); }; }");
        _stage.AnswerInTurn(Document("Running", 1, Estimate(5, 8)), Document("Running", 2, Estimate(5, 8)), Document("Succeeded", 3));

        await _stage.StartAsync(Accepted(OldUrl, 1, Estimate(5, 8)));
        var first = await _stage.Page.EvaluateAsync<int>("logarithms");
        await _stage.RunAsync(async () => await _stage.EndAsync() == "Succeeded");

        Assert.Equal(3, _stage.Looks.Count);
        Assert.NotEqual(0, first);
        Assert.Equal(first, await _stage.Page.EvaluateAsync<int>("logarithms"));
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(0.5, 0)]
    [InlineData(0.999, 1)]
    public async Task Follow_Jitter_IsAQuarterOfTheShorterIntervalBeforeOrAfter(double random, int side)
    {
        await _stage.Page.EvaluateAsync($"Math.random = () => {Json(random)}");
        var schedule = Schedule(null, targetDelay: 12);
        _stage.AnswerInTurn(Document("Running", 1), Document("Succeeded", 2));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 30), "targetDelay: 12");

        var (early, late) = Bounds(schedule, _stage.Looks[0].At);
        var expected = side switch { < 0 => early, 0 => (early + late) / 2, _ => late };
        Assert.InRange(_stage.Looks[0].At, 30 - Steps, 30 + (0.25 * 30 * Math.Abs(side)) + Steps);
        Assert.InRange(LookedAfter(1), expected - Steps, expected + Steps);
    }

    [Fact]
    public async Task Follow_AWaitLongerThanATimerCanBe_IsWaited()
    {
        var estimate = Estimate(TimeSpan.FromDays(40).TotalSeconds, TimeSpan.FromDays(44).TotalSeconds);
        var (early, late) = Bounds(Schedule(estimate), 0);
        Assert.True(early > TimeSpan.FromMilliseconds(int.MaxValue).TotalSeconds);
        _stage.AnswerInTurn(Document("Succeeded", 1));
        _stage.Step = TimeSpan.FromHours(4);

        await _stage.StartAsync(Accepted(OldUrl, 1, estimate));
        await _stage.RunAsync(() => _stage.Looks.Count > 0);

        Assert.InRange(_stage.Looks[0].At, early - _stage.Step.TotalSeconds, late + _stage.Step.TotalSeconds);
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
    public async Task Follow_AnEarlierStateOfTheSameMillisecond_IsNotGoneBackTo()
    {
        _stage.AnswerInTurn(Document("Running", 1), Document("NotStarted", 1), Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync();

        Assert.Equal(["Running 1", "Succeeded 3"], await _stage.StatusesAsync());
    }

    [Fact]
    public async Task Follow_TheDocumentOfAnotherOperation_IsRefused()
    {
        _stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : Document("Succeeded", 2, id: "two");

        Assert.Equal("Succeeded", await _stage.FollowToTheEndAsync());

        Assert.Equal([OldUrl, NewUrl], _stage.Looks.Select(look => look.Url));
        Assert.Equal(["Succeeded 2"], await _stage.StatusesAsync());
    }

    [Fact]
    public async Task Follow_TheUrlOfAnotherOperation_IsNotUsed()
    {
        _stage.Renew = () => (200, Accepted(NewUrl, id: "two"));
        _stage.AnswerInTurn((403, ""));

        Assert.Equal("OperationLost: The host answers with the status URL of another operation.", await _stage.FollowToTheEndAsync());

        Assert.Equal([OldUrl], _stage.Looks.Select(look => look.Url));
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

        Assert.Equal("Succeeded", await _stage.FollowToTheEndAsync(options: "atLeastEvery: 0.05"));

        Assert.Equal([OldUrl, NewUrl], _stage.Looks.Select(look => look.Url));
        Assert.InRange(_stage.Looks[1].At - _stage.Looks[0].At, 0, 0.9);
    }

    [Fact]
    public async Task Follow_FreshUrlsThatAreRefused_IsLostAfterFive()
    {
        var renewals = 0;
        _stage.Renew = () =>
        {
            renewals++;
            return (200, Accepted(NewUrl));
        };
        _stage.Answer = _ => (403, "");

        Assert.Equal("OperationLost: The store refuses the status URLs that the host issues: 5 in a row.", await _stage.FollowToTheEndAsync());

        Assert.Equal((5, 6), (renewals, _stage.Looks.Count));
    }

    [Fact]
    public async Task Follow_FreshUrlsThatAreRefusedNowAndThen_GoesOn()
    {
        var looks = 0;
        _stage.Answer = _ => ++looks switch { > 15 => Document("Succeeded", 99), var look when look % 5 == 0 => Document("Running", look), _ => (403, "") };

        Assert.Equal("Succeeded", await _stage.FollowToTheEndAsync(options: "atLeastEvery: 2"));
    }

    [Fact]
    public async Task Follow_AConnectionThatBreaksForEver_DoesNotAskTheHostAllTheTime()
    {
        var renewals = 0;
        _stage.Renew = () =>
        {
            renewals++;
            return (200, Accepted(OldUrl));
        };
        _stage.Answer = _ => null;

        await _stage.StartAsync();
        _stage.Step = TimeSpan.FromSeconds(2);
        await _stage.RunAsync(() => _stage.Clock > 300);

        Assert.InRange(renewals, 5, 60);
    }

    [Theory]
    [InlineData(404, "The host knows no such operation any more.")]
    [InlineData(410, "The host knows no such operation any more.")]
    [InlineData(400, "The host gives out no status URL: it answers 400.")]
    [InlineData(405, "The host gives out no status URL: it answers 405.")]
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
        _stage.Renew = () => ++renewals switch { 1 => null, 2 => (503, ""), 3 => (200, "<html>a login page</html>"), 4 => (408, ""), 5 => (429, ""), _ => (200, Accepted(NewUrl)) };
        _stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : (403, "");

        Assert.Equal("Succeeded", await _stage.FollowToTheEndAsync());

        Assert.Equal(6, renewals);
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
        // Written 90 seconds before the server's Date, with about 100 to go: about ten are left.
        _stage.Date = DateTimeOffset.UnixEpoch.AddSeconds(90);
        _stage.AnswerInTurn(Document("Running", 0, Estimate(100, 100)), Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync("""{ "operationUrl": "/operations/one" }""");

        Assert.Equal([NewUrl, NewUrl], _stage.Looks.Select(look => look.Url));
        Assert.InRange(_stage.Looks[0].At, 0, 1.5);
        AssertLookedAfter(Schedule(Estimate(100, 100)), 90, LookedAfter(1));
    }

    [Fact]
    public async Task Follow_AClockOfTheServersThatIsWrong_CountsForNoMoreThanTheTimeSinceTheAccept()
    {
        _stage.Date = DateTimeOffset.UnixEpoch.AddHours(5);
        _stage.AnswerInTurn(Document("Running", 0, Estimate(20, 20)), Document("Succeeded", 1));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 2));

        AssertLookedAfter(Schedule(Estimate(20, 20)), _stage.Looks[0].At, LookedAfter(1));
    }

    [Fact]
    public async Task Follow_AClockOfTheServersThatIsWrong_CountsForNoMoreThanTheTimeSinceTheLookBefore()
    {
        _stage.Date = DateTimeOffset.UnixEpoch.AddHours(5);
        _stage.AnswerInTurn(
            Document("Running", 0, Estimate(20, 20)), Document("Running", 0, Estimate(20, 20)), Document("Running", 1, Estimate(100, 100)), Document("Succeeded", 2));

        await _stage.FollowToTheEndAsync();

        Assert.InRange(LookedAfter(1), 10, 30);
        AssertLookedAfter(Schedule(Estimate(100, 100)), LookedAfter(2), LookedAfter(3));
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
        _stage.AnswerInTurn(Document("Running", 1, Estimate(100, 100)), Document("Running", 2), Document("Succeeded", 3));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 50), "atLeastEvery: 2");

        Assert.Equal(3, _stage.Looks.Count);
        Assert.InRange(_stage.Looks[^1].At, 4.5 - Steps, 6 + (3 * Steps));
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(0.999, 6)]
    [InlineData(0.5, 8)]
    public async Task Follow_AtLeastEvery_IsTheLongestWait(double random, double expected)
    {
        await _stage.Page.EvaluateAsync($"Math.random = () => {Json(random)}");
        _stage.AnswerInTurn(Document("Running", 1, Estimate(100, 100)), Document("Succeeded", 2));

        await _stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 50, Estimate(100, 100)), "atLeastEvery: 8");

        Assert.InRange(_stage.Looks[0].At, expected - Steps, expected + Steps);
        Assert.InRange(LookedAfter(1), expected - Steps, expected + Steps);
    }

    private static OperationEstimate Estimate(double median, double upper) =>
        new() { Median = TimeSpan.FromSeconds(median), Upper = TimeSpan.FromSeconds(upper) };

    private static PollSchedule Schedule(OperationEstimate? estimate, double? targetDelay = null) =>
        new(estimate, targetDelay is { } seconds ? TimeSpan.FromSeconds(seconds) : PollSchedule.DefaultTargetDelay(estimate));

    // How soon it looks at least and at most, after it saw a document of an age: by chance, a quarter of the shorter interval off.
    private static (double Early, double Late) Bounds(PollSchedule schedule, double age)
    {
        var wait = schedule.NextDelay(TimeSpan.FromSeconds(age)).TotalSeconds;
        var jitter = 0.25 * Math.Min(wait, schedule.NextDelay(TimeSpan.FromSeconds(age + wait)).TotalSeconds);
        return (wait - jitter, wait + jitter);
    }

    private static void AssertLookedAfter(PollSchedule schedule, double age, double actual)
    {
        var (early, late) = Bounds(schedule, age);
        Assert.InRange(actual, early - Steps, late + Steps);
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    private double LookedAfter(int look) => _stage.Looks[look].At - _stage.Looks[look - 1].At;
}
