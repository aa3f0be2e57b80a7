using static OffloadedPolling.IntegrationTests.Page.PollStage;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>What poll.js does about errors of the store, and where it asks for a new status URL.</summary>
public sealed class PollModuleFaultTests(Browser browser) : PollModuleStage(browser)
{
    private const string ComingBack = """{ "operationUrl": "/operations/one" }""";

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Follow_ErrorsOfTheStoreAfterAReload_AreRetried(int status)
    {
        var renewals = 0;
        Stage.Renew = () =>
        {
            renewals++;
            return (200, Accepted(NewUrl));
        };
        Stage.AnswerInTurn([.. Enumerable.Repeat<(int, string)?>((status, ""), 8), Document("Succeeded", 1)]);

        (await Stage.FollowToTheEndAsync(ComingBack)).Should().Be("Succeeded");

        Stage.Polls.Should().HaveCount(9);
        renewals.Should().Be(1, "the status URL is not what is wrong");
    }

    [Fact]
    public async Task Follow_RefusalsOfFreshUrlsWithErrorsBetween_CountTheRefusalsOnly()
    {
        var polls = 0;
        Stage.Answer = _ => ++polls % 2 == 0 ? (503, "") : (403, "");

        (await Stage.FollowToTheEndAsync(ComingBack)).Should().StartWith("OperationLost: The store refused 5 new status URLs");

        Stage.Polls.Should().HaveCount(9, "five are refused, and four are errors");
    }

    [Theory]
    [InlineData("/operations/one", "/operations/one/url")]
    [InlineData("/operations/one/", "/operations/one/url")]
    [InlineData("/operations/one?tenant=7", "/operations/one/url?tenant=7")]
    [InlineData("/operations/one/?tenant=7", "/operations/one/url?tenant=7")]
    [InlineData("operations/one", "/operations/one/url")]
    public async Task Follow_AnOperationUrlOfAnyForm_IsRenewedBelowIt(string operationUrl, string expected)
    {
        var asked = new List<string>();
        Stage.Page.Request += (_, request) => asked.Add(new Uri(request.Url).PathAndQuery);
        Stage.AnswerInTurn(Document("Succeeded", 1));

        (await Stage.FollowToTheEndAsync($$"""{ "operationUrl": "{{operationUrl}}" }""")).Should().Be("Succeeded");

        asked.Should().Contain(expected);
    }

    [Fact]
    public async Task Follow_APollThatFailsAndWorksAgain_TellsOfTheConnection()
    {
        Stage.AnswerInTurn(Document("Running", 1), (503, ""), (503, ""), Document("Running", 1), (500, ""), Document("Succeeded", 2));

        await Stage.Page.EvaluateAsync("window.connections = []");
        await Stage.FollowToTheEndAsync(options: "onConnection: isUp => connections.push(isUp)");

        (await Stage.Page.EvaluateAsync<bool[]>("connections")).Should().Equal(false, true, false, true);
    }

    [Fact]
    public async Task Follow_AUrlThatHasExpired_TellsOfNoLostConnection()
    {
        Stage.Answer = url => url == NewUrl ? Document("Succeeded", 1) : null;

        await Stage.Page.EvaluateAsync("window.connections = []");
        await Stage.FollowToTheEndAsync(options: "onConnection: isUp => connections.push(isUp)");

        (await Stage.Page.EvaluateAsync<bool[]>("connections")).Should().BeEmpty();
    }

    [Fact]
    public async Task Follow_ABrokenConnectionWithoutAnOperationUrl_IsRetried()
    {
        Stage.AnswerInTurn(null, null, null, Document("Succeeded", 1));

        (await Stage.FollowToTheEndAsync($$"""{ "id": "one", "status": "NotStarted", "statusUrl": "{{OldUrl}}", "retryAfter": 1 }"""))
            .Should().Be("Succeeded");
    }

    [Fact]
    public async Task Follow_ARetryAfterOfTheStore_IsWaited()
    {
        Stage.Headers["Retry-After"] = "20";
        Stage.AnswerInTurn((503, ""), Document("Succeeded", 1));

        await Stage.FollowToTheEndAsync();

        PolledAfter(1).Should().BeInRange(20 - Steps, 20 + (2 * Steps));
    }
}
