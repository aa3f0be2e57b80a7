using System.Buffers.Text;
using System.Net;
using System.Text;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>Resume tokens let a caller resume in another process.</summary>
public sealed class ResumeTokenTests : PollerTestBase
{
    [Theory]
    [InlineData(null, OperationUrl)]
    [InlineData("https://orders.example.com", "/operations/" + TestDocuments.Id)]
    public void GetResumeToken_HostIsKnown_ContainsNoCredential(string? host, string operationUrl)
    {
        Options.HostAddress = host is null ? null : new Uri(host);

        var token = Poller.GetResumeToken(Accepted(operationUrl));

        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token))
            .Should().Be($$"""{"version":1,"id":"{{TestDocuments.Id}}","operationUrl":"{{OperationUrl}}"}""");
    }

    [Fact]
    public async Task Resume_WithOperationUrl_RenewsAndPollsImmediately()
    {
        var token = Poller.GetResumeToken(Accepted());
        Server.Renews(Accepted(statusUrl: NewStatusUrl)).Shows(Succeeded);

        var seen = await Poller.WatchAsync(token).ToListAsync();

        seen.Should().ContainSingle().Which.State.Should().Be(OperationState.Succeeded);
        Server.Requests.Select(request => request.Url).Should().Equal(OperationUrl + "/url", NewStatusUrl);
        Time.Waits.Should().BeEmpty();
    }

    [Fact]
    public async Task Resume_WithStatusUrl_PollsUnchangedUrlImmediately()
    {
        var token = Poller.GetResumeToken(Accepted("/operations/relative"));
        Server.Shows(Succeeded);

        await Poller.WaitForCompletionAsync(token);

        Server.Requests.Should().ContainSingle().Which.Url.Should().Be(StatusUrl);
        Time.Waits.Should().BeEmpty();
    }

    [Fact]
    public async Task Resume_OldDocument_CountsItsWholeAge()
    {
        var token = Poller.GetResumeToken(Accepted(null));
        Server.Shows(() => Document(age: TimeSpan.FromSeconds(45)) with { Estimate = Estimate }).Shows(Succeeded);

        await Poller.WaitForCompletionAsync(token);

        Time.Waits.Should().Equal(Scheduled(Estimate, TimeSpan.FromSeconds(45)));
    }

    [Fact]
    public async Task Resume_StatusUrlExpired_Throws()
    {
        var token = Poller.GetResumeToken(Accepted(null) with { StatusUrlExpiresAt = Time.ServerNow });
        Server.Says(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code></Error>");

        var ended = (await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync(token))
            .Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;

        (ended.Reason, ended.ResumeToken).Should().Be((OperationUnavailableReason.Expired, (string?)null));
    }

    [Fact]
    public async Task Resume_AuthorizeRenewal_SendsCredentialsToHostOnly()
    {
        var token = Poller.GetResumeToken(Accepted());
        Options.HostAddress = new Uri("https://orders.example.com");
        Options.AuthorizeRenewal = (request, _) =>
        {
            request.Headers.Authorization = new("Bearer", "token");
            return ValueTask.CompletedTask;
        };
        using var other = NewPoller();
        Server.Renews(Accepted(statusUrl: NewStatusUrl)).Shows(Succeeded);

        await other.WaitForCompletionAsync(token);

        Server.Requests.Select(request => request.Headers.GetValueOrDefault("Authorization")).Should().Equal("Bearer token", null);
    }

    [Theory]
    [InlineData("", "incomplete")]
    [InlineData("not base64!", "not Base64url")]
    [InlineData("{", "not Base64url")]
    [InlineData("json:{\"id\":\"1\"", "incomplete")]
    [InlineData("json:[]", "incomplete")]
    [InlineData("json:null", "no operation ID")]
    [InlineData("json:{\"version\":1,\"id\":\"\",\"statusUrl\":\"https://s3/" + Secret + "\"}", "no operation ID")]
    [InlineData("json:{\"version\":2,\"id\":\"1\",\"statusUrl\":\"https://s3/" + Secret + "\"}", "version 2")]
    [InlineData("json:{\"version\":1,\"id\":\"1\",\"statusUrl\":\"ftp://s3/" + Secret + "\"}", "no absolute http")]
    [InlineData("json:{\"version\":1,\"id\":\"1\",\"operationUrl\":\"/operations/1\"}", "no absolute http")]
    [InlineData("json:{\"version\":1,\"id\":\"1\"}", "no absolute http")]
    public void Resume_InvalidToken_ThrowsWithoutQuotingIt(string text, string why)
    {
        var token = text.StartsWith("json:", StringComparison.Ordinal) ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text[5..])) : text;

        var refused = FluentActions.Invoking(() => Poller.WatchAsync(token)).Should().ThrowExactly<FormatException>().Which;

        refused.Message.Should().Contain(why);
        refused.ToString().Should().NotContain(Secret);
        (token.Length < 5 || !refused.ToString().Contains(token, StringComparison.Ordinal)).Should().BeTrue();
    }

    [Fact]
    public void ToString_OmitsStatusUrl() =>
        ResumeToken.Parse(Poller.GetResumeToken(Accepted(null))).ToString().Should().NotContain(Secret);
}
