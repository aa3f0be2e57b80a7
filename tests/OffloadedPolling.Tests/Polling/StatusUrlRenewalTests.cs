using System.Net;
using System.Net.Http.Headers;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>What the poller does when its status URL is refused.</summary>
public sealed class StatusUrlRenewalTests : PollerTestBase
{
    private const string AccessDenied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";

    private const string NoSuchKey = "<Error><Code>NoSuchKey</Code></Error>";

    private const string RenewalUrl = OperationUrl + "/url";

    [Theory]
    [InlineData(403, ScriptedServer.UrlExpired)]
    [InlineData(400, "<Error><Code>ExpiredToken</Code></Error>")]
    [InlineData(400, "<Error><Code>InvalidToken</Code></Error>")]
    [InlineData(403, AccessDenied)]
    [InlineData(404, "<html/>")]
    [InlineData(403, """{"type":"urn:offloaded-polling:problem:status-url-expired"}""")]
    public async Task Refused_WithAnOperationUrl_RenewsAndPollsAgainAtOnce(int code, string body)
    {
        Server.Shows(() => Document(), "1").Says((HttpStatusCode)code, body).Renews(Fresh()).Shows(Succeeded);

        Assert.Equal(2, (await WatchAsync()).Count);

        Assert.Equal([StatusUrl, StatusUrl, RenewalUrl, NewStatusUrl], Server.Requests.Select(request => request.Url));
        Assert.Equal(2, Time.Waits.Count);
        Assert.Equal("\"1\"", Server.Requests[3].Headers["If-None-Match"]);
        Assert.False(Server.Requests[2].Headers.ContainsKey("If-None-Match"));
    }

    [Fact]
    public async Task Renewal_Authorized_TakesTheCredentialsToTheHostAlone()
    {
        Options.AuthorizeRenewal = (request, _) =>
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token");
            return ValueTask.CompletedTask;
        };
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Shows(Succeeded);

        await WatchAsync();

        Assert.Equal([null, "Bearer token", null], Server.Requests.Select(request => request.Headers.GetValueOrDefault("Authorization")));
    }

    [Fact]
    public async Task Renewal_WhoseCredentialsAreNotToBeHad_EndsTheWaitAsItIs()
    {
        Options.AuthorizeRenewal = (_, _) => throw new HttpRequestException("no token");
        Server.Says(HttpStatusCode.Forbidden, AccessDenied);

        Assert.Equal("no token", (await Assert.ThrowsAsync<HttpRequestException>(() => WatchAsync())).Message);
    }

    [Theory]
    [InlineData("https://orders.example.com", "/operations/1", "https://orders.example.com/operations/1/url")]
    [InlineData("https://orders.example.com/shop/", "/shop/operations/1", "https://orders.example.com/shop/operations/1/url")]
    [InlineData("https://orders.example.com", "/operations/1/", "https://orders.example.com/operations/1/url")]
    [InlineData("https://orders.example.com", "/operations/1?v=2", "https://orders.example.com/operations/1/url?v=2")]
    [InlineData("https://orders.example.com", "http://other:81/operations/1", "http://other:81/operations/1/url")]
    public async Task Renewal_OfARelativeOperationUrl_GoesToTheHostAddress(string host, string operationUrl, string expected)
    {
        Options.HostAddress = new Uri(host);
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Shows(Succeeded);

        await WatchAsync(Accepted(operationUrl));

        Assert.Equal(expected, Server.Requests[1].Url);
    }

    [Fact]
    public async Task FreshUrl_ThatIsRefused_EndsAsForbidden()
    {
        Server
            .Shows(() => Document())
            .Says(HttpStatusCode.Forbidden, AccessDenied)
            .Renews(Fresh())
            .Says(HttpStatusCode.Forbidden, AccessDenied);

        var ended = await EndsAsync(OperationUnavailableReason.Forbidden);

        Assert.Equal(OperationState.Running, ended.LastStatus!.State);
        Assert.Contains("AccessDenied", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FreshUrl_ThatIsRefusedAfterTroubleBetween_EndsAsForbidden()
    {
        Server
            .Says(HttpStatusCode.Forbidden, AccessDenied)
            .Renews(Fresh())
            .Says(HttpStatusCode.InternalServerError)
            .Says(HttpStatusCode.Forbidden, AccessDenied);

        await EndsAsync(OperationUnavailableReason.Forbidden);
    }

    [Fact]
    public async Task FreshUrl_ThatWasGoodFor_IsRenewedLater()
    {
        Server
            .Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Shows(() => Document(), "1")
            .Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Says(HttpStatusCode.NotModified)
            .Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Shows(Succeeded);

        Assert.Equal(2, (await WatchAsync()).Count);
    }

    [Fact]
    public async Task FreshUrl_ThatHasExpired_IsRenewedAgainAfterABackOff()
    {
        Server
            .Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Renews(Fresh())
            .Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Renews(Fresh())
            .Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Renews(Fresh())
            .Shows(Succeeded);

        await WatchAsync();

        Assert.Equal([TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1)], Time.Waits.Skip(1));
    }

    [Fact]
    public async Task FreshUrls_ThatHaveExpiredFiveInARow_EndAsExpired()
    {
        Server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired);
        for (var fresh = 0; fresh < 5; fresh++)
        {
            Server.Renews(Fresh()).Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired);
        }

        var ended = await EndsAsync(OperationUnavailableReason.Expired);

        Assert.Contains("just issued", ended.Message, StringComparison.Ordinal);
        Assert.Equal([0.5, 1, 2, 4], Time.Waits.Skip(1).Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task FreshUrls_ThatHaveExpiredNowAndThen_AreRenewed()
    {
        for (var round = 0; round < 3; round++)
        {
            Server
                .Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired)
                .Renews(Fresh()).Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired)
                .Renews(Fresh()).Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired)
                .Renews(Fresh()).Shows(() => Document());
        }

        Server.Shows(Succeeded);

        Assert.Equal(4, (await WatchAsync()).Count);
    }

    [Theory]
    [InlineData(OperationUrl, NoSuchKey)]
    [InlineData(null, NoSuchKey)]
    [InlineData(null, "<html/>")]
    public async Task Missing_EndsTheWait(string? operationUrl, string body)
    {
        Server.Says(HttpStatusCode.NotFound, body);

        await EndsAsync(OperationUnavailableReason.Missing, operationUrl);
    }

    [Theory]
    [InlineData(ScriptedServer.UrlExpired, OperationUnavailableReason.Expired)]
    [InlineData(AccessDenied, OperationUnavailableReason.Forbidden)]
    public async Task Refused_WithoutAnOperationUrl_EndsTheWait(string body, OperationUnavailableReason reason)
    {
        foreach (var unusable in new[] { null, "", "/operations/relative" })
        {
            Server.Says(HttpStatusCode.Forbidden, body);
            var ended = await EndsAsync(reason, unusable);
            Assert.Contains(nameof(OperationPollerOptions.HostAddress), ended.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Refused_AfterThePromisedInstant_HasExpired()
    {
        Server.Says(HttpStatusCode.Forbidden, AccessDenied);

        var accepted = Accepted(null) with { StatusUrlExpiresAt = Time.ServerNow };
        var ended = await Assert.ThrowsAsync<OperationUnavailableException>(() => WatchAsync(accepted));

        Assert.Equal(OperationUnavailableReason.Expired, ended.Reason);
    }

    [Theory]
    [InlineData(401, OperationUnavailableReason.Forbidden)]
    [InlineData(403, OperationUnavailableReason.Forbidden)]
    [InlineData(400, OperationUnavailableReason.Forbidden)]
    [InlineData(404, OperationUnavailableReason.Missing)]
    [InlineData(410, OperationUnavailableReason.Missing)]
    public async Task Host_ThatGivesNoUrl_EndsTheWait(int code, OperationUnavailableReason reason)
    {
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Says((HttpStatusCode)code);

        var ended = await EndsAsync(reason);

        Assert.Contains($"{code}", ended.Message, StringComparison.Ordinal);
        Assert.Null(ended.LastStatus);
        Assert.Equal(Poller.GetResumeToken(Accepted()), ended.ResumeToken);
    }

    [Fact]
    public async Task Host_ThatIsDown_IsAskedAgain()
    {
        Server
            .Says(HttpStatusCode.Forbidden, AccessDenied)
            .Says(HttpStatusCode.BadGateway)
            .Throws(new HttpRequestException("down"))
            .Hangs()
            .Says(HttpStatusCode.TooManyRequests, new RetryConditionHeaderValue(TimeSpan.FromSeconds(50)))
            .Says(HttpStatusCode.OK, "<html>Hello</html>", "text/html")
            .Says(HttpStatusCode.NoContent)
            .Renews(Fresh())
            .Shows(Succeeded);

        await WatchAsync();

        Assert.Equal([0.5, 1, 2, 50, 8, 15], Time.Waits.Skip(1).Select(wait => wait.TotalSeconds));
        Assert.Equal(7, Server.Requests.Count(request => request.Url == RenewalUrl));
    }

    [Theory]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    public async Task Host_ThatRedirects_IsAClearError(int code)
    {
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Redirects((HttpStatusCode)code, "https://login");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => WatchAsync());

        Assert.Contains("redirect", refused.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(OperationPollerOptions.AuthorizeRenewal), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_ThatAnswersWithAnotherOperation_IsRefused()
    {
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh() with { Id = new string('f', 32) });

        await Assert.ThrowsAsync<InvalidOperationException>(() => WatchAsync());
    }

    private AcceptedOperation Fresh() => Accepted(statusUrl: NewStatusUrl);

    private async Task<OperationUnavailableException> EndsAsync(OperationUnavailableReason reason, string? operationUrl = OperationUrl)
    {
        var ended = await Assert.ThrowsAsync<OperationUnavailableException>(() => WatchAsync(Accepted(operationUrl)));
        Assert.Equal(reason, ended.Reason);
        Assert.Contains(TestDocuments.Id, ended.Message, StringComparison.Ordinal);
        Assert.True(Server.IsDone);
        return ended;
    }
}
