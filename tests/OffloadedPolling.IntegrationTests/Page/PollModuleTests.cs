using static OffloadedPolling.IntegrationTests.Page.PollStage;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>What poll.js makes of what it gets.</summary>
public sealed class PollModuleTests(Browser browser) : PollModuleStage(browser)
{
    [Fact]
    public async Task Follow_AnOlderDocument_IsNotGoneBackTo()
    {
        Stage.AnswerInTurn(Document("Running", 5), Document("NotStarted", 1), Document("Succeeded", 6));

        await Stage.FollowToTheEndAsync();

        (await Stage.StatusesAsync()).Should().Equal("Running 1", "Succeeded 3");
    }

    [Fact]
    public async Task Follow_TheEndInTheSameMillisecond_IsSeen()
    {
        Stage.AnswerInTurn(Document("Running", 1), Document("Running", 1), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync();

        (await Stage.StatusesAsync()).Should().Equal("Running 1", "Succeeded 3");
    }

    [Fact]
    public async Task Follow_AnEarlierStateOfTheSameMillisecond_IsNotGoneBackTo()
    {
        Stage.AnswerInTurn(Document("Running", 1), Document("NotStarted", 1), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync();

        (await Stage.StatusesAsync()).Should().Equal("Running 1", "Succeeded 3");
    }

    [Fact]
    public async Task Follow_TheDocumentOfAnotherOperation_IsRefused()
    {
        Stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : Document("Succeeded", 2, id: "two");

        (await Stage.FollowToTheEndAsync()).Should().Be("Succeeded");

        Stage.Polls.Select(poll => poll.Url).Should().Equal(OldUrl, NewUrl);
        (await Stage.StatusesAsync()).Should().Equal("Succeeded 2");
    }

    [Fact]
    public async Task Follow_TheUrlOfAnotherOperation_IsNotUsed()
    {
        Stage.Renew = () => (200, Accepted(NewUrl, id: "two"));
        Stage.AnswerInTurn((403, ""));

        (await Stage.FollowToTheEndAsync()).Should().Be("OperationLost: The host returned the status URL of another operation.");

        Stage.Polls.Select(poll => poll.Url).Should().Equal(OldUrl);
    }

    [Fact]
    public async Task Follow_503AndABrokenConnection_BacksOffAndGoesOn()
    {
        Stage.AnswerInTurn(
            (503, ""), (429, ""), null, (200, "no json"), (200, "{}"), (200, """{ "status": "Running" }"""), Document("Succeeded", 1));

        (await Stage.FollowToTheEndAsync()).Should().Be("Succeeded");

        Stage.Polls.Should().HaveCount(7);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(0)]
    public async Task Follow_ARefusedUrl_IsRenewedAndPolledAtOnce(int status)
    {
        Stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : status == 0 ? null : (status, "<Error/>");

        // By chance, a pause could be as short as no pause. Small steps, since the clock goes on while requests are under way.
        await Stage.Page.EvaluateAsync("Math.random = () => 0.999");
        Stage.Step = TimeSpan.FromMilliseconds(2);

        (await Stage.FollowToTheEndAsync(options: "atLeastEvery: 0.05")).Should().Be("Succeeded");

        Stage.Polls.Select(poll => poll.Url).Should().Equal(OldUrl, NewUrl);
        (Stage.Polls[1].At - Stage.Polls[0].At).Should().BeInRange(0, 0.9);
    }

    [Fact]
    public async Task Follow_FreshUrlsThatAreRefused_IsLostAfterFive()
    {
        var renewals = 0;
        Stage.Renew = () =>
        {
            renewals++;
            return (200, Accepted(NewUrl));
        };
        Stage.Answer = _ => (403, "");

        (await Stage.FollowToTheEndAsync())
            .Should().Be("OperationLost: The store refused 5 new status URLs of the host in a row.");

        (renewals, Stage.Polls.Count).Should().Be((5, 6));
    }

    [Fact]
    public async Task Follow_FreshUrlsThatAreRefusedNowAndThen_GoesOn()
    {
        var polls = 0;
        Stage.Answer = _ => ++polls switch { > 15 =>
            Document("Succeeded", 99), var poll when poll % 5 == 0 => Document("Running", poll), _ => (403, "") };

        (await Stage.FollowToTheEndAsync(options: "atLeastEvery: 2")).Should().Be("Succeeded");
    }

    [Fact]
    public async Task Follow_AConnectionThatBreaksForEver_DoesNotAskTheHostAllTheTime()
    {
        var renewals = 0;
        Stage.Renew = () =>
        {
            renewals++;
            return (200, Accepted(OldUrl));
        };
        Stage.Answer = _ => null;

        await Stage.StartAsync();
        Stage.Step = TimeSpan.FromSeconds(2);
        await Stage.RunAsync(() => Stage.Clock > 300);

        renewals.Should().BeInRange(5, 60);
    }

    [Theory]
    [InlineData(404, "The host does not know the operation.")]
    [InlineData(410, "The host does not know the operation.")]
    [InlineData(400, "The host issued no status URL: it returned 400.")]
    [InlineData(405, "The host issued no status URL: it returned 405.")]
    [InlineData(401, "The host refuses this caller access to the operation.")]
    [InlineData(403, "The host refuses this caller access to the operation.")]
    public async Task Follow_AnOperationThatTheHostDoesNotGiveOut_IsLost(int status, string expected)
    {
        Stage.Renew = () => (status, "");
        Stage.AnswerInTurn((403, ""));

        (await Stage.FollowToTheEndAsync()).Should().Be($"OperationLost: {expected}");
    }

    [Fact]
    public async Task Follow_AHostThatIsDown_IsAskedAgain()
    {
        var renewals = 0;
        Stage.Renew = () => ++renewals switch { 1 =>
            null, 2 => (503, ""), 3 => (200, "<html>a login page</html>"), 4 => (408, ""), 5 => (429, ""), _ => (200, Accepted(NewUrl)) };
        Stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : (403, "");

        (await Stage.FollowToTheEndAsync()).Should().Be("Succeeded");

        renewals.Should().Be(6);
    }

    [Fact]
    public async Task Follow_OnAHiddenPage_StopsAndGoesOnAfter()
    {
        Stage.AnswerInTurn(Document("Running", 1), Document("Succeeded", 2));
        await Stage.StartAsync();
        await Stage.RunAsync(() => Stage.Polls.Count == 1);

        await Stage.SetVisibilityAsync("hidden");
        Stage.Step = TimeSpan.FromSeconds(20);
        var until = Stage.Clock + 600;
        await Stage.RunAsync(() => Stage.Clock > until);
        Stage.Polls.Should().ContainSingle();
        Stage.Step = TimeSpan.FromMilliseconds(500);
        await Stage.SetVisibilityAsync("visible");

        await Stage.RunAsync(async () => await Stage.EndAsync() == "Succeeded");
        Stage.Polls.Should().HaveCount(2);
    }

    [Fact]
    public async Task Follow_AnOperationUrlAlone_BeginsWithANewUrlAndTheDocumentsAge()
    {
        // Written 90 seconds before the server's Date, with about 100 to go: about ten are left.
        Stage.Date = DateTimeOffset.UnixEpoch.AddSeconds(90);
        Stage.AnswerInTurn(Document("Running", 0, Estimate(100, 100)), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync("""{ "operationUrl": "/operations/one" }""");

        Stage.Polls.Select(poll => poll.Url).Should().Equal(NewUrl, NewUrl);
        Stage.Polls[0].At.Should().BeInRange(0, 1.5);
        AssertPolledAfter(Schedule(Estimate(100, 100)), 90, PolledAfter(1));
    }

    [Fact]
    public async Task Follow_AClockOfTheServersThatIsWrong_CountsForNoMoreThanTheTimeSinceTheAccept()
    {
        Stage.Date = DateTimeOffset.UnixEpoch.AddHours(5);
        Stage.AnswerInTurn(Document("Running", 0, Estimate(20, 20)), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 2));

        AssertPolledAfter(Schedule(Estimate(20, 20)), Stage.Polls[0].At, PolledAfter(1));
    }

    [Fact]
    public async Task Follow_AClockOfTheServersThatIsWrong_CountsForNoMoreThanTheTimeSinceThePreviousPoll()
    {
        Stage.Date = DateTimeOffset.UnixEpoch.AddHours(5);
        Stage.AnswerInTurn(
            Document("Running", 0, Estimate(20, 20)), Document("Running", 0, Estimate(20, 20)), Document("Running", 1, Estimate(100, 100)),
            Document("Succeeded", 2));

        await Stage.FollowToTheEndAsync();

        PolledAfter(1).Should().BeInRange(10, 30);
        AssertPolledAfter(Schedule(Estimate(100, 100)), PolledAfter(2), PolledAfter(3));
    }

    [Fact]
    public async Task Follow_Aborted_EndsWithTheSignalsReason()
    {
        Stage.AnswerInTurn(Document("Running", 1));
        await Stage.StartAsync();
        await Stage.RunAsync(() => Stage.Polls.Count == 1);

        await Stage.Page.EvaluateAsync("abort.abort(new Error('enough'))");

        await Stage.RunAsync(async () => await Stage.EndAsync() == "Error: enough");
        Stage.Polls.Should().ContainSingle();
    }

    [Theory]
    [InlineData("{ \"title\": \"One or more validation errors occurred.\" }")]
    [InlineData("null")]
    public async Task Follow_WhatIsNoAcceptedOperation_SaysSoAtOnce(string body)
    {
        (await Stage.FollowToTheEndAsync(body)).Should().StartWith("TypeError: follow() requires the body of a 202");

        Stage.Polls.Should().BeEmpty();
    }
}
