using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>Which HTTP clients the poller accepts, and what it sends. Status URLs are credentials, signed byte for byte.</summary>
public sealed class PollerHttpClientTests : IAsyncLifetime
{
    private LoopbackServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LoopbackServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/operations/0123?X-Amz-Credential=AK%2F20261123%2fs3&X-Amz-Security-Token=a+b%2Bc%3D%3d&X-Amz-Signature=0f")]
    [InlineData("/bucket/a%7Eb/%2E%2E/./c//d?x=%7e&y='()*!&z=%41")]
    public async Task Poll_DefaultHttpClient_SendsUrlUnchangedAndNoExtraHeaders(string target)
    {
        using var poller = new OperationPoller();

        await poller.WaitForCompletionAsync(_server.Accepted(target));

        var (asked, headers) = _server.Requests.Should().ContainSingle().Which;
        asked.Should().Be(target);
        headers.Keys.ToHashSet().Should().BeSubsetOf(
            new HashSet<string> { "Host", "traceparent", "tracestate", "Correlation-Context", "baggage" });
    }

    [Fact]
    public async Task Poll_HttpClientHasBaseAddress_IgnoresIt()
    {
        using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1/base/") };
        using var poller = new OperationPoller(http);

        await poller.WaitForCompletionAsync(_server.Accepted("/x?y=%2F"));

        _server.Requests.Should().ContainSingle().Which.Target.Should().Be("/x?y=%2F");
    }

    [Fact]
    public async Task Poll_HttpClientFollowsRedirects_Throws()
    {
        _server.Then(context =>
        {
            context.Response.Redirect($"/elsewhere?{PollerTestBase.Secret}");
            return Task.CompletedTask;
        });
        using var http = new HttpClient();
        using var poller = new OperationPoller(http);

        var refused = (await FluentActions.Awaiting(() =>
            poller.WaitForCompletionAsync(_server.Accepted("/x"))).Should().ThrowExactlyAsync<InvalidOperationException>()).Which;

        refused.Message.Should().Contain("AllowAutoRedirect = false");
        refused.ToString().Should().NotContain(PollerTestBase.Secret);
    }

    [Fact]
    public async Task Poll_DefaultHttpClient_IgnoresRedirectsAndCookies()
    {
        _server.Then(context => AnswerAsync(context, 500));
        _server.Then(context => AnswerAsync(context, 302));
        using var poller = new OperationPoller();

        await FluentActions.Awaiting(() =>
            poller.WaitForCompletionAsync(_server.Accepted("/x"))).Should().ThrowExactlyAsync<InvalidOperationException>();

        _server.Requests.Select(asked => asked.Target).Should().Equal("/x", "/x");
        _server.Requests[1].Headers.Keys.Should().NotContain("Cookie");

        static Task AnswerAsync(HttpContext context, int code)
        {
            context.Response.Cookies.Append("session", "1");
            context.Response.StatusCode = code;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer x")]
    [InlineData("Proxy-Authorization", "Basic x")]
    [InlineData("Cookie", "session=1")]
    [InlineData("X-Api-Key", "x")]
    [InlineData("x-anything", "x")]
    public void Constructor_CustomDefaultHeader_ThrowsWithHeaderName(string name, string value)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);

        var refused = FluentActions.Invoking(() => new OperationPoller(http)).Should().ThrowExactly<ArgumentException>().Which;

        refused.Message.Should().ContainEquivalentOf($"'{name}'");
        refused.Message.Should().Contain(nameof(OperationPollerOptions.AuthorizeRenewal));
    }

    [Fact]
    public void Constructor_HarmlessHeaders_AcceptsAndKeepsHttpClient()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.UserAgent.ParseAdd("orders/1.0");
        http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");

        new OperationPoller(http).Dispose();

        http.CancelPendingRequests();
    }
}
