using System.Net;
using System.Net.Http.Headers;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

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
    public async Task StatusUrl_Refused_RenewsAndPollsImmediately(int code, string body)
    {
        Server.Shows(() => Document(), "1").Says((HttpStatusCode)code, body).Renews(Fresh()).Shows(Succeeded);

        (await WatchAsync()).Should().HaveCount(2);

        Server.Requests.Select(request => request.Url).Should().Equal(StatusUrl, StatusUrl, RenewalUrl, NewStatusUrl);
        Time.Waits.Should().HaveCount(2);
        Server.Requests[3].Headers["If-None-Match"].Should().Be("\"1\"");
        Server.Requests[2].Headers.ContainsKey("If-None-Match").Should().BeFalse();
    }

    [Fact]
    public async Task Renewal_AuthorizeRenewal_SendsCredentialsToHostOnly()
    {
        Options.AuthorizeRenewal = (request, _) =>
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token");
            return ValueTask.CompletedTask;
        };
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Shows(Succeeded);

        await WatchAsync();

        Server.Requests.Select(request => request.Headers.GetValueOrDefault("Authorization")).Should().Equal(null, "Bearer token", null);
    }

    [Fact]
    public async Task Renewal_AuthorizeRenewalThrows_PropagatesException()
    {
        Options.AuthorizeRenewal = (_, _) => throw new HttpRequestException("no token");
        Server.Says(HttpStatusCode.Forbidden, AccessDenied);

        (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<HttpRequestException>()).Which.Message
            .Should().Be("no token");
    }

    [Theory]
    [InlineData("https://orders.example.com", "/operations/1", "https://orders.example.com/operations/1/url")]
    [InlineData("https://orders.example.com/shop/", "/shop/operations/1", "https://orders.example.com/shop/operations/1/url")]
    [InlineData("https://orders.example.com", "/operations/1/", "https://orders.example.com/operations/1/url")]
    [InlineData("https://orders.example.com", "/operations/1?v=2", "https://orders.example.com/operations/1/url?v=2")]
    [InlineData("https://orders.example.com", "http://other:81/operations/1", "http://other:81/operations/1/url")]
    public async Task Renewal_OperationUrl_IsResolvedAgainstHostAddress(string host, string operationUrl, string expected)
    {
        Options.HostAddress = new Uri(host);
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Shows(Succeeded);

        await WatchAsync(Accepted(operationUrl));

        Server.Requests[1].Url.Should().Be(expected);
    }

    [Fact]
    public async Task RenewedUrl_Refused_ThrowsForbidden()
    {
        Server
            .Shows(() => Document())
            .Says(HttpStatusCode.Forbidden, AccessDenied)
            .Renews(Fresh())
            .Says(HttpStatusCode.Forbidden, AccessDenied);

        var ended = await EndsAsync(OperationUnavailableReason.Forbidden);

        ended.LastStatus!.State.Should().Be(OperationState.Running);
        ended.Message.Should().Contain("AccessDenied");
    }

    [Fact]
    public async Task RenewedUrl_RefusedAfterServerError_ThrowsForbidden()
    {
        Server
            .Says(HttpStatusCode.Forbidden, AccessDenied)
            .Renews(Fresh())
            .Says(HttpStatusCode.InternalServerError)
            .Says(HttpStatusCode.Forbidden, AccessDenied);

        await EndsAsync(OperationUnavailableReason.Forbidden);
    }

    [Fact]
    public async Task RenewedUrl_RefusedAfterSuccess_RenewsAgain()
    {
        Server
            .Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Shows(() => Document(), "1")
            .Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Says(HttpStatusCode.NotModified)
            .Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh()).Shows(Succeeded);

        (await WatchAsync()).Should().HaveCount(2);
    }

    [Fact]
    public async Task RenewedUrl_Expired_RenewsAfterBackOff()
    {
        Server
            .Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Renews(Fresh())
            .Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Renews(Fresh())
            .Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Renews(Fresh())
            .Shows(Succeeded);

        await WatchAsync();

        Time.Waits.Skip(1).Should().Equal(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task RenewedUrl_ExpiredFiveTimesInARow_ThrowsExpired()
    {
        Server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired);
        for (var fresh = 0; fresh < 5; fresh++)
        {
            Server.Renews(Fresh()).Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired);
        }

        var ended = await EndsAsync(OperationUnavailableReason.Expired);

        ended.Message.Should().Contain("just issued");
        Time.Waits.Skip(1).Select(wait => wait.TotalSeconds).Should().Equal(0.5, 1, 2, 4);
    }

    [Fact]
    public async Task RenewedUrl_ExpiredOccasionally_RenewsAgain()
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

        (await WatchAsync()).Should().HaveCount(4);
    }

    [Theory]
    [InlineData(OperationUrl, NoSuchKey)]
    [InlineData(null, NoSuchKey)]
    [InlineData(null, "<html/>")]
    public async Task StatusUrl_NotFound_ThrowsMissing(string? operationUrl, string body)
    {
        Server.Says(HttpStatusCode.NotFound, body);

        await EndsAsync(OperationUnavailableReason.Missing, operationUrl);
    }

    [Theory]
    [InlineData(ScriptedServer.UrlExpired, OperationUnavailableReason.Expired)]
    [InlineData(AccessDenied, OperationUnavailableReason.Forbidden)]
    public async Task StatusUrl_RefusedWithoutOperationUrl_Throws(string body, OperationUnavailableReason reason)
    {
        foreach (var unusable in new[] { null, "", "/operations/relative" })
        {
            Server.Says(HttpStatusCode.Forbidden, body);
            var ended = await EndsAsync(reason, unusable);
            ended.Message.Should().Contain(nameof(OperationPollerOptions.HostAddress));
        }
    }

    [Fact]
    public async Task StatusUrl_RefusedAfterExpiration_ThrowsExpired()
    {
        Server.Says(HttpStatusCode.Forbidden, AccessDenied);

        var accepted = Accepted(null) with { StatusUrlExpiresAt = Time.ServerNow };
        var ended = (await FluentActions.Awaiting(() => WatchAsync(accepted))
            .Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;

        ended.Reason.Should().Be(OperationUnavailableReason.Expired);
    }

    [Theory]
    [InlineData(401, OperationUnavailableReason.Forbidden)]
    [InlineData(403, OperationUnavailableReason.Forbidden)]
    [InlineData(400, OperationUnavailableReason.Forbidden)]
    [InlineData(404, OperationUnavailableReason.Missing)]
    [InlineData(410, OperationUnavailableReason.Missing)]
    public async Task Renewal_HostRefuses_Throws(int code, OperationUnavailableReason reason)
    {
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Says((HttpStatusCode)code);

        var ended = await EndsAsync(reason);

        ended.Message.Should().Contain($"{code}");
        ended.LastStatus.Should().BeNull();
        ended.ResumeToken.Should().Be(Poller.GetResumeToken(Accepted()));
    }

    [Fact]
    public async Task Renewal_HostFails_Retries()
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

        Time.Waits.Skip(1).Select(wait => wait.TotalSeconds).Should().Equal(0.5, 1, 2, 50, 8, 15);
        Server.Requests.Count(request => request.Url == RenewalUrl).Should().Be(7);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    public async Task Renewal_HostRedirects_Throws(int code)
    {
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Redirects((HttpStatusCode)code, "https://login");

        var refused = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<InvalidOperationException>()).Which;

        refused.Message.Should().Contain("redirect");
        refused.Message.Should().Contain(nameof(OperationPollerOptions.AuthorizeRenewal));
    }

    [Fact]
    public async Task Renewal_HostReturnsOtherOperation_Throws()
    {
        Server.Says(HttpStatusCode.Forbidden, AccessDenied).Renews(Fresh() with { Id = new string('f', 32) });

        await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<InvalidOperationException>();
    }

    private AcceptedOperation Fresh() => Accepted(statusUrl: NewStatusUrl);

    private async Task<OperationUnavailableException> EndsAsync(OperationUnavailableReason reason, string? operationUrl = OperationUrl)
    {
        var ended = (await FluentActions.Awaiting(() => WatchAsync(Accepted(operationUrl)))
            .Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;
        ended.Reason.Should().Be(reason);
        ended.Message.Should().Contain(TestDocuments.Id);
        Server.IsDone.Should().BeTrue();
        return ended;
    }
}
