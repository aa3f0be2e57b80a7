using static OffloadedPolling.IntegrationTests.Page.PollStage;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>How poll.js handles the responses that it receives.</summary>
public sealed class PollModuleTests(Browser browser) : PollModuleStage(browser)
{
    [Fact]
    public async Task Follow_OlderDocument_IsIgnored()
    {
        Stage.AnswerInTurn(Document("Running", 5), Document("NotStarted", 1), Document("Succeeded", 6));

        await Stage.FollowToTheEndAsync();

        (await Stage.StatusesAsync()).Should().Equal("Running 1", "Succeeded 3");
    }

    [Fact]
    public async Task Follow_EndInSameMillisecond_IsReported()
    {
        Stage.AnswerInTurn(Document("Running", 1), Document("Running", 1), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync();

        (await Stage.StatusesAsync()).Should().Equal("Running 1", "Succeeded 3");
    }

    [Fact]
    public async Task Follow_EarlierStateInSameMillisecond_IsIgnored()
    {
        Stage.AnswerInTurn(Document("Running", 1), Document("NotStarted", 1), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync();

        (await Stage.StatusesAsync()).Should().Equal("Running 1", "Succeeded 3");
    }

    [Fact]
    public async Task Follow_DocumentOfOtherOperation_IsRejected()
    {
        Stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : Document("Succeeded", 2, id: "two");

        (await Stage.FollowToTheEndAsync()).Should().Be("Succeeded");

        Stage.Polls.Select(poll => poll.Url).Should().Equal(OldUrl, NewUrl);
        (await Stage.StatusesAsync()).Should().Equal("Succeeded 2");
    }

    [Fact]
    public async Task Follow_UrlOfOtherOperation_FailsWithoutPolling()
    {
        Stage.Renew = () => (200, Accepted(NewUrl, id: "two"));
        Stage.AnswerInTurn((403, ""));

        (await Stage.FollowToTheEndAsync()).Should().Be("OperationLost: The host returned the status URL of another operation.");

        Stage.Polls.Select(poll => poll.Url).Should().Equal(OldUrl);
    }

    [Fact]
    public async Task Follow_ErrorsAndInvalidDocuments_Retries()
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
    public async Task Follow_UrlRejected_RenewsAndPollsAtOnce(int status)
    {
        Stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : status == 0 ? null : (status, "<Error/>");

        // Jitter could make a pause as short as none. The steps are small because the clock advances during requests.
        await Stage.Page.EvaluateAsync("Math.random = () => 0.999");
        Stage.Step = TimeSpan.FromMilliseconds(2);

        (await Stage.FollowToTheEndAsync(options: "atLeastEvery: 0.05")).Should().Be("Succeeded");

        Stage.Polls.Select(poll => poll.Url).Should().Equal(OldUrl, NewUrl);
        (Stage.Polls[1].At - Stage.Polls[0].At).Should().BeInRange(0, 0.9);
    }

    [Fact]
    public async Task Follow_NewUrlsRejected_FailsAfterFive()
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
    public async Task Follow_NewUrlsSometimesRejected_Continues()
    {
        var polls = 0;
        Stage.Answer = _ => ++polls switch { > 15 =>
            Document("Succeeded", 99), var poll when poll % 5 == 0 => Document("Running", poll), _ => (403, "") };

        (await Stage.FollowToTheEndAsync(options: "atLeastEvery: 2")).Should().Be("Succeeded");
    }

    [Fact]
    public async Task Follow_ConnectionStaysBroken_LimitsRenewals()
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
    [InlineData(401, "The host does not allow this caller to read the operation.")]
    [InlineData(403, "The host does not allow this caller to read the operation.")]
    public async Task Follow_HostIssuesNoUrl_Fails(int status, string expected)
    {
        Stage.Renew = () => (status, "");
        Stage.AnswerInTurn((403, ""));

        (await Stage.FollowToTheEndAsync()).Should().Be($"OperationLost: {expected}");
    }

    [Fact]
    public async Task Follow_HostIsDown_RetriesRenewal()
    {
        var renewals = 0;
        Stage.Renew = () => ++renewals switch { 1 =>
            null, 2 => (503, ""), 3 => (200, "<html>a login page</html>"), 4 => (408, ""), 5 => (429, ""), _ => (200, Accepted(NewUrl)) };
        Stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : (403, "");

        (await Stage.FollowToTheEndAsync()).Should().Be("Succeeded");

        renewals.Should().Be(6);
    }

    [Fact]
    public async Task Follow_PageIsHidden_PausesUntilVisible()
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
    public async Task Follow_OnlyOperationUrl_RenewsAndUsesDocumentAge()
    {
        // Written 90 seconds before the server's Date, with an estimate of about 100: about ten are left.
        Stage.Date = DateTimeOffset.UnixEpoch.AddSeconds(90);
        Stage.AnswerInTurn(Document("Running", 0, Estimate(100, 100)), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync("""{ "operationUrl": "/operations/one" }""");

        Stage.Polls.Select(poll => poll.Url).Should().Equal(NewUrl, NewUrl);
        Stage.Polls[0].At.Should().BeInRange(0, 1.5);
        AssertPolledAfter(Schedule(Estimate(100, 100)), 90, PolledAfter(1));
    }

    [Fact]
    public async Task Follow_ServerClockIsWrong_LimitsAgeToTimeSinceAccept()
    {
        Stage.Date = DateTimeOffset.UnixEpoch.AddHours(5);
        Stage.AnswerInTurn(Document("Running", 0, Estimate(20, 20)), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync(Accepted(OldUrl, retryAfter: 2));

        AssertPolledAfter(Schedule(Estimate(20, 20)), Stage.Polls[0].At, PolledAfter(1));
    }

    [Fact]
    public async Task Follow_ServerClockIsWrong_LimitsAgeToTimeSincePoll()
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
    public async Task Follow_Aborted_ThrowsAbortReason()
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
    public async Task Follow_InvalidAcceptedOperation_Throws(string body)
    {
        (await Stage.FollowToTheEndAsync(body)).Should().StartWith("TypeError: follow() requires the body of a 202");

        Stage.Polls.Should().BeEmpty();
    }
}
