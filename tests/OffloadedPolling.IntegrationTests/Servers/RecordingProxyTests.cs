using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>Tests the proxy, because other tests rely on it to count requests and keep signatures valid.</summary>
public sealed class RecordingProxyTests
{
    private static readonly Uri _nowhere = new("http://127.0.0.1:1");

    [Fact]
    public async Task Forward_TargetHostAndConditions_AreUnchanged()
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
            proxy.Address.GetLeftPart(UriPartial.Authority) + Target,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = new StringContent("a body");
        request.Headers.Host = "bucket.example.com:8443";
        request.Headers.ExpectContinue = true;
        request.Headers.TryAddWithoutValidation("If-Match", "unquoted");
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");

        using var response = await http.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).Should().Be("a body");
        seen.Should().Be(Target);
        var received = upstream.Requests.Single();
        received.Headers["Host"].Should().Be("bucket.example.com:8443");
        received.Headers["If-Match"].Should().Be("unquoted");
        received.Headers["If-None-Match"].Should().Be("*");
        received.Headers["Expect"].Should().Be("100-continue");
        proxy.Requests.Single().Path.Should().Be("/bucket/a%2Fb%20c//d~%7E");
    }

    [Fact]
    public async Task Requests_CallerHasResponse_ContainRequest()
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

        ((int)response.StatusCode).Should().Be(418);
        requests.Select(request => (request.Method, request.Path, request.StatusCode)).Single().Should().Be(("GET", "/status", 418));
    }

    [Fact]
    public async Task Requests_UpstreamUnreachable_ContainOneBadGateway()
    {
        await using var proxy = await RecordingProxy.StartAsync(_nowhere);
        using var http = new HttpClient();

        using var response = await http.GetAsync(proxy.Address);

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        proxy.Requests.Single().StatusCode.Should().Be(502);
    }
}
