using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>What counts and signatures are judged by must itself be right.</summary>
public sealed class RecordingProxyTests
{
    private static readonly Uri _nowhere = new("http://127.0.0.1:1");

    [Fact]
    public async Task Forward_TargetHostAndConditions_ArriveAsSent()
    {
        const string Target = "/bucket/a%2Fb%20c//d~%7E?x=%2F&y=a+b&z";
        var seen = "";
        await using var upstream = await RecordingProxy.StartAsync(_nowhere);
        upstream.Intercept = async context =>
        {
            seen = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            using var body = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await body.ReadToEndAsync());
            return true;
        };
        await using var proxy = await RecordingProxy.StartAsync(upstream.Address);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(
            proxy.Address.GetLeftPart(UriPartial.Authority) + Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = new StringContent("a body");
        request.Headers.Host = "bucket.example.com:8443";
        request.Headers.ExpectContinue = true;
        request.Headers.TryAddWithoutValidation("If-Match", "unquoted");
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");

        using var response = await http.SendAsync(request);

        Assert.Equal("a body", await response.Content.ReadAsStringAsync());
        Assert.Equal(Target, seen);
        var received = upstream.Requests.Single();
        Assert.Equal("bucket.example.com:8443", received.Headers["Host"]);
        Assert.Equal("unquoted", received.Headers["If-Match"]);
        Assert.Equal("*", received.Headers["If-None-Match"]);
        Assert.Equal("100-continue", received.Headers["Expect"]);
        Assert.Equal("/bucket/a%2Fb%20c//d~%7E", proxy.Requests.Single().Path);
    }

    [Fact]
    public async Task Requests_WhenTheCallerHasItsAnswer_HoldItAlready()
    {
        using var finish = new SemaphoreSlim(0);
        await using var proxy = await RecordingProxy.StartAsync(_nowhere);
        proxy.Intercept = async context =>
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            context.Response.ContentLength = 2;
            await context.Response.WriteAsync("ok");
            await context.Response.Body.FlushAsync();
            await finish.WaitAsync();
            return true;
        };
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(proxy.Address, "/status"));
        var requests = proxy.Requests;
        finish.Release();

        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal(("GET", "/status", 418), requests.Select(request => (request.Method, request.Path, request.StatusCode)).Single());
    }

    [Fact]
    public async Task Requests_WithoutAnAnswerFromUpstream_HoldTheBadGatewayOnce()
    {
        await using var proxy = await RecordingProxy.StartAsync(_nowhere);
        using var http = new HttpClient();

        using var response = await http.GetAsync(proxy.Address);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(502, proxy.Requests.Single().StatusCode);
    }
}
