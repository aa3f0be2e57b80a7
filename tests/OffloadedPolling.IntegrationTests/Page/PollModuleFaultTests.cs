using static OffloadedPolling.IntegrationTests.Page.PollStage;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>How poll.js handles errors of the store, and where it requests a new status URL.</summary>
public sealed class PollModuleFaultTests(Browser browser) : PollModuleStage(browser)
{
    private const string AfterReload = """{ "operationUrl": "/operations/one" }""";

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Follow_StoreErrorsAfterReload_Retries(int status)
    {
        var renewals = 0;
        Stage.Renew = () =>
        {
            renewals++;
            return (200, Accepted(NewUrl));
        };
        Stage.AnswerInTurn([.. Enumerable.Repeat<(int, string)?>((status, ""), 8), Document("Succeeded", 1)]);

        (await Stage.FollowToTheEndAsync(AfterReload)).Should().Be("Succeeded");

        Stage.Polls.Should().HaveCount(9);
        renewals.Should().Be(1, "the status URL is not the problem");
    }

    [Fact]
    public async Task Follow_NewUrlsRejectedBetweenErrors_CountsOnlyRejections()
    {
        var polls = 0;
        Stage.Answer = _ => ++polls % 2 == 0 ? (503, "") : (403, "");

        (await Stage.FollowToTheEndAsync(AfterReload)).Should().StartWith("OperationLost: The store refused 5 new status URLs");

        Stage.Polls.Should().HaveCount(9, "five are rejected, and four are errors");
    }

    [Theory]
    [InlineData("/operations/one", "/operations/one/url")]
    [InlineData("/operations/one/", "/operations/one/url")]
    [InlineData("/operations/one?tenant=7", "/operations/one/url?tenant=7")]
    [InlineData("/operations/one/?tenant=7", "/operations/one/url?tenant=7")]
    [InlineData("operations/one", "/operations/one/url")]
    public async Task Follow_OperationUrlForms_RequestsExpectedRenewalUrl(string operationUrl, string expected)
    {
        var requested = new List<string>();
        Stage.Page.Request += (_, request) => requested.Add(new Uri(request.Url).PathAndQuery);
        Stage.AnswerInTurn(Document("Succeeded", 1));

        (await Stage.FollowToTheEndAsync($$"""{ "operationUrl": "{{operationUrl}}" }""")).Should().Be("Succeeded");

        requested.Should().Contain(expected);
    }

    [Fact]
    public async Task Follow_PollsFailAndRecover_ReportsConnection()
    {
        Stage.AnswerInTurn(Document("Running", 1), (503, ""), (503, ""), Document("Running", 1), (500, ""), Document("Succeeded", 2));

        await Stage.Page.EvaluateAsync("window.connections = []");
        await Stage.FollowToTheEndAsync(options: "onConnection: isUp => connections.push(isUp)");

        (await Stage.Page.EvaluateAsync<bool[]>("connections")).Should().Equal(false, true, false, true);
    }

    [Fact]
    public async Task Follow_UrlExpired_ReportsNoLostConnection()
    {
        Stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : null;

        await Stage.Page.EvaluateAsync("window.connections = []");
        await Stage.FollowToTheEndAsync(options: "onConnection: isUp => connections.push(isUp)");

        (await Stage.Page.EvaluateAsync<bool[]>("connections")).Should().BeEmpty();
    }

    [Fact]
    public async Task Follow_ConnectionBreaksWithoutOperationUrl_Retries()
    {
        Stage.AnswerInTurn(null, null, null, Document("Succeeded", 1));

        (await Stage.FollowToTheEndAsync($$"""{ "id": "one", "status": "NotStarted", "statusUrl": "{{OldUrl}}", "retryAfter": 1 }"""))
            .Should().Be("Succeeded");
    }

    [Fact]
    public async Task Follow_StoreSendsRetryAfter_Waits()
    {
        Stage.Headers["Retry-After"] = "20";
        Stage.AnswerInTurn((503, ""), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync();

        PolledAfter(1).Should().BeInRange(20 - Steps, 20 + (2 * Steps));
    }
}
