using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.Tests.Polling;

/// <summary>Status URLs are credentials, signed byte for byte: which HTTP clients the poller uses, and what they send.</summary>
public sealed class PollerHttpClientTests : IAsyncLifetime
{
    private LoopbackServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await LoopbackServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/operations/0123?X-Amz-Credential=AK%2F20261123%2fs3&X-Amz-Security-Token=a+b%2Bc%3D%3d&X-Amz-Signature=0f")]
    [InlineData("/bucket/a%7Eb/%2E%2E/./c//d?x=%7e&y='()*!&z=%41")]
    public async Task Poll_WithAClientOfItsOwn_SendsTheUrlByteForByteAndNothingElse(string target)
    {
        using var poller = new OperationPoller();

        await poller.WaitForCompletionAsync(_server.Accepted(target));

        var (asked, headers) = Assert.Single(_server.Requests);
        Assert.Equal(target, asked);
        Assert.Subset(new HashSet<string> { "Host", "traceparent", "tracestate", "Correlation-Context", "baggage" }, headers.Keys.ToHashSet());
    }

    [Fact]
    public async Task Poll_WithABaseAddress_GoesToTheUrlAllTheSame()
    {
        using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1/base/") };
        using var poller = new OperationPoller(http);

        await poller.WaitForCompletionAsync(_server.Accepted("/x?y=%2F"));

        Assert.Equal("/x?y=%2F", Assert.Single(_server.Requests).Target);
    }

    [Fact]
    public async Task Poll_WithAClientThatFollowsRedirects_IsRefused()
    {
        _server.Then(context =>
        {
            context.Response.Redirect($"/elsewhere?{PollerTestBase.Secret}");
            return Task.CompletedTask;
        });
        using var http = new HttpClient();
        using var poller = new OperationPoller(http);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            poller.WaitForCompletionAsync(_server.Accepted("/x")));

        Assert.Contains("AllowAutoRedirect = false", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PollerTestBase.Secret, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_WithAClientOfItsOwn_FollowsNoRedirectAndKeepsNoCookie()
    {
        _server.Then(context => AnswerAsync(context, 500));
        _server.Then(context => AnswerAsync(context, 302));
        using var poller = new OperationPoller();

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            poller.WaitForCompletionAsync(_server.Accepted("/x")));

        Assert.Equal(["/x", "/x"], _server.Requests.Select(asked => asked.Target));
        Assert.DoesNotContain("Cookie", _server.Requests[1].Headers.Keys);

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
    public void Client_WithHeadersOfItsOwn_IsRefusedByName(string name, string value)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);

        var refused = Assert.Throws<ArgumentException>(() => new OperationPoller(http));

        Assert.Contains($"'{name}'", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(nameof(OperationPollerOptions.AuthorizeRenewal), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Client_WithHarmlessHeaders_IsTakenAndNotDisposed()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.UserAgent.ParseAdd("orders/1.0");
        http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");

        new OperationPoller(http).Dispose();

        http.CancelPendingRequests();
    }
}
