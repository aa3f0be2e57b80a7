using System.Buffers.Text;
using System.Net;
using System.Text;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>Going on in another process.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly PollerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(null, PollerBench.OperationUrl)]
    [InlineData("https://orders.example.com", "/operations/" + TestDocuments.Id)]
    public void Token_WhereTheHostCanBeAsked_IsNoCredential(string? host, string operationUrl)
    {
        _bench.Options.HostAddress = host is null ? null : new Uri(host);

        var token = _bench.Poller.GetResumeToken(_bench.Accepted(operationUrl));

        Assert.Equal(
            $$"""{"version":1,"id":"{{TestDocuments.Id}}","operationUrl":"{{PollerBench.OperationUrl}}"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)));
    }

    [Fact]
    public async Task Resumed_AtTheHost_BeginsWithARenewalAndLooksAtOnce()
    {
        var token = _bench.Poller.GetResumeToken(_bench.Accepted());
        _bench.Server.Renews(_bench.Accepted(statusUrl: PollerBench.FreshUrl)).Shows(_bench.Succeeded);

        var seen = await _bench.Poller.WatchAsync(token).ToListAsync();

        Assert.Equal(OperationState.Succeeded, Assert.Single(seen).State);
        Assert.Equal([PollerBench.OperationUrl + "/url", PollerBench.FreshUrl], _bench.Server.Requests.Select(request => request.Url));
        Assert.Empty(_bench.Time.Waits);
    }

    [Fact]
    public async Task Resumed_AtTheStatusUrl_LooksAtOnceByteForByte()
    {
        var token = _bench.Poller.GetResumeToken(_bench.Accepted("/operations/relative"));
        _bench.Server.Shows(_bench.Succeeded);

        await _bench.Poller.WaitForCompletionAsync(token);

        Assert.Equal(PollerBench.StatusUrl, Assert.Single(_bench.Server.Requests).Url);
        Assert.Empty(_bench.Time.Waits);
    }

    [Fact]
    public async Task Resumed_AtADocumentOfAnyAge_TakesItsWholeAge()
    {
        var token = _bench.Poller.GetResumeToken(_bench.Accepted(null));
        _bench.Server.Shows(() => _bench.Document(age: TimeSpan.FromSeconds(45)) with { Estimate = PollerBench.Estimate }).Shows(_bench.Succeeded);

        await _bench.Poller.WaitForCompletionAsync(token);

        Assert.Equal([PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.FromSeconds(45))], _bench.Time.Waits);
    }

    [Fact]
    public async Task Resumed_WithAStatusUrlThatHasExpired_SaysSo()
    {
        var token = _bench.Poller.GetResumeToken(_bench.Accepted(null) with { StatusUrlExpiresAt = _bench.Time.ServerNow });
        _bench.Server.Says(HttpStatusCode.Forbidden, "<Error><Code>AccessDenied</Code></Error>");

        var ended = await Assert.ThrowsAsync<OperationUnavailableException>(() => _bench.Poller.WaitForCompletionAsync(token));

        Assert.Equal((OperationUnavailableReason.Expired, null), (ended.Reason, ended.ResumeToken));
    }

    [Fact]
    public void Resumed_WithATokenThatLeadsCredentialsElsewhere_IsRefused()
    {
        var token = _bench.Poller.GetResumeToken(_bench.Accepted("https://evil.example.com/operations/1"));
        using var other = new PollerBench();
        other.Options.HostAddress = new Uri("https://orders.example.com");
        other.Options.AuthorizeRenewal = (_, _) => ValueTask.CompletedTask;

        Assert.Throws<ArgumentException>(() => other.Poller.WatchAsync(token));
    }

    [Theory]
    [InlineData(PollerBench.OperationUrl)]
    [InlineData(null)]
    public void Resumed_WithCredentialsAndNoHostAddress_IsRefused(string? operationUrl)
    {
        var token = _bench.Poller.GetResumeToken(_bench.Accepted(operationUrl));
        using var other = new PollerBench();
        other.Options.AuthorizeRenewal = (_, _) => ValueTask.CompletedTask;

        var refused = Assert.Throws<InvalidOperationException>(() => other.Poller.WatchAsync(token));

        Assert.Contains(nameof(OperationPollerOptions.HostAddress), refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => { _ = other.Poller.WaitForCompletionAsync(token); });
        Assert.Empty(other.Server.Requests);
    }

    [Fact]
    public async Task Resumed_WithCredentialsAndTheHostsAddress_TakesThemThere()
    {
        var token = _bench.Poller.GetResumeToken(_bench.Accepted());
        using var other = new PollerBench();
        other.Options.HostAddress = new Uri("https://orders.example.com");
        other.Options.AuthorizeRenewal = (request, _) =>
        {
            request.Headers.Authorization = new("Bearer", "token");
            return ValueTask.CompletedTask;
        };
        other.Server.Renews(other.Accepted(statusUrl: PollerBench.FreshUrl)).Shows(other.Succeeded);

        await other.Poller.WaitForCompletionAsync(token);

        Assert.Equal(["Bearer token", null], other.Server.Requests.Select(request => request.Headers.GetValueOrDefault("Authorization")));
    }

    [Theory]
    [InlineData("", "cut off")]
    [InlineData("not base64!", "no base64url")]
    [InlineData("{", "no base64url")]
    [InlineData("json:{\"id\":\"1\"", "cut off")]
    [InlineData("json:[]", "cut off")]
    [InlineData("json:null", "names no operation")]
    [InlineData("json:{\"version\":1,\"id\":\"\",\"statusUrl\":\"https://s3/" + PollerBench.Secret + "\"}", "names no operation")]
    [InlineData("json:{\"version\":2,\"id\":\"1\",\"statusUrl\":\"https://s3/" + PollerBench.Secret + "\"}", "version 2")]
    [InlineData("json:{\"version\":1,\"id\":\"1\",\"statusUrl\":\"ftp://s3/" + PollerBench.Secret + "\"}", "no absolute http")]
    [InlineData("json:{\"version\":1,\"id\":\"1\",\"operationUrl\":\"/operations/1\"}", "no absolute http")]
    [InlineData("json:{\"version\":1,\"id\":\"1\"}", "no absolute http")]
    public void Token_ThatIsNone_SaysWhyWithoutPrintingIt(string text, string why)
    {
        var token = text.StartsWith("json:", StringComparison.Ordinal) ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text[5..])) : text;

        var refused = Assert.Throws<FormatException>(() => _bench.Poller.WatchAsync(token));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PollerBench.Secret, refused.ToString(), StringComparison.Ordinal);
        Assert.True(token.Length < 5 || !refused.ToString().Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public void Token_PrintsItselfWithoutItsUrl() =>
        Assert.DoesNotContain(
            PollerBench.Secret, ResumeToken.Parse(_bench.Poller.GetResumeToken(_bench.Accepted(null))).ToString(), StringComparison.Ordinal);
}
