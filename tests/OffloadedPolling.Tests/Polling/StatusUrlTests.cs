using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>Status URLs are credentials, signed byte for byte: what reaches them.</summary>
public sealed class StatusUrlTests : IAsyncLifetime
{
    private readonly PollerBench _bench = new();

    private readonly List<(string Target, HashSet<string> Headers)> _asked = [];

    private WebApplication _server = null!;

    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;

    private string Address => _server.Urls.First();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context =>
        {
            // The server uses its headers again for other requests.
            _asked.Add((context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, [.. context.Request.Headers.Keys]));
            return _answer(context);
        });
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _bench.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("/operations/0123?X-Amz-Credential=AK%2F20261123%2fs3&X-Amz-Security-Token=a+b%2Bc%3D%3d&X-Amz-Signature=0f")]
    [InlineData("/bucket/a%7Eb/%2E%2E/./c//d?x=%7e&y='()*!&z=%41")]
    public async Task Look_WithAClientOfItsOwn_SendsTheUrlByteForByteAndNothingElse(string target)
    {
        _answer = context => context.Response.WriteAsync(Document());
        using var poller = new OperationPoller();

        await poller.WaitForCompletionAsync(At(target) with { Status = OperationState.Running, RetryAfter = TimeSpan.Zero });

        var (asked, headers) = Assert.Single(_asked);
        Assert.Equal(target, asked);
        Assert.Subset(new HashSet<string> { "Host", "traceparent", "tracestate", "Correlation-Context", "baggage" }, headers);
    }

    [Fact]
    public async Task Look_WithABaseAddress_GoesToTheUrlAllTheSame()
    {
        _answer = context => context.Response.WriteAsync(Document());
        using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1/base/") };
        using var poller = new OperationPoller(http);

        await poller.WaitForCompletionAsync(At("/x?y=%2F") with { Status = OperationState.Running, RetryAfter = TimeSpan.Zero });

        Assert.Equal("/x?y=%2F", Assert.Single(_asked).Target);
    }

    [Fact]
    public async Task Look_WithAClientThatFollowsRedirects_IsRefused()
    {
        _answer = context =>
        {
            if (_asked.Count == 1)
            {
                context.Response.Redirect($"/elsewhere?{PollerBench.Secret}");
            }

            return Task.CompletedTask;
        };
        using var http = new HttpClient();
        using var poller = new OperationPoller(http);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            poller.WaitForCompletionAsync(At("/x") with { Status = OperationState.Running, RetryAfter = TimeSpan.Zero }));

        Assert.Contains("AllowAutoRedirect = false", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PollerBench.Secret, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_WithAClientOfItsOwn_FollowsNoRedirectAndKeepsNoCookie()
    {
        _answer = context =>
        {
            context.Response.Cookies.Append("session", "1");
            context.Response.StatusCode = _asked.Count == 1 ? 500 : 302;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };
        using var poller = new OperationPoller();

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            poller.WaitForCompletionAsync(At("/x") with { Status = OperationState.Running, RetryAfter = TimeSpan.Zero }));

        Assert.Equal(["/x", "/x"], _asked.Select(asked => asked.Target));
        Assert.DoesNotContain("Cookie", _asked[1].Headers);
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

    [Theory]
    [InlineData("/operations/1/status")]
    [InlineData("operations/1")]
    [InlineData("ftp://s3/x")]
    [InlineData("file:///x")]
    [InlineData("https://s3/x y")]
    [InlineData("https://s3/x\r\nX-Evil: 1")]
    [InlineData("https://s3/é")]
    [InlineData("https://s3/x#y")]
    [InlineData("https://")]
    [InlineData("")]
    public void StatusUrl_ThatIsNoHttpUrl_IsRefusedWithoutPrintingIt(string url)
    {
        var refused = Assert.Throws<ArgumentException>(() => _bench.Poller.WatchAsync(_bench.Accepted(statusUrl: url + (url.Length > 8 ? PollerBench.Secret : ""))));

        Assert.DoesNotContain(PollerBench.Secret, refused.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _bench.Poller.GetResumeToken(_bench.Accepted(statusUrl: url)));
    }

    private static string Document() => JsonSerializer.Serialize(
        TestDocuments.Waiting() with { State = OperationState.Succeeded }, OperationJson.Status);

    private AcceptedOperation At(string target) => _bench.Accepted(null, Address + target);
}
