using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Tests.Conformance;

namespace OffloadedPolling.Tests.AspNetCore.Operations;

/// <summary>The URLs in responses when callers reach the host under a path base.</summary>
public sealed class PathBaseTests : EndpointTestBase
{
    [Theory]
    [InlineData("typed")]
    [InlineData("erased")]
    [InlineData("own")]
    public async Task Accept_UnderPathBase_UrlsIncludeIt(string endpoint)
    {
        var host = await StartAsync(app => app.UsePathBase("/api"));

        var (accepted, location) = await AcceptAsync(host, $"/api/{endpoint}");

        accepted.OperationUrl.Should().Be($"/api/operations/{accepted.Id}");
        accepted.StatusUrl.Should().StartWith($"{host.Address}api/operations/{accepted.Id}/status?");
        location.Should().Be(accepted.StatusUrl);
        (await host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Accept_WithoutPathBase_UrlsOmitIt()
    {
        var host = await StartAsync(app => app.UsePathBase("/api"));

        var (accepted, _) = await AcceptAsync(host, "/typed");

        accepted.OperationUrl.Should().Be($"/operations/{accepted.Id}");
        (await host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Renewal_UnderPathBase_UrlsIncludeIt()
    {
        var host = await StartAsync(app => app.UsePathBase("/api"));
        var (accepted, _) = await AcceptAsync(host, "/api/typed");

        var renewed = await host.Http.GetFromJsonAsync(new Uri(host.Address, $"{accepted.OperationUrl}/url"), OperationJson.Accepted);
        using var redirect = await host.GetAsync(new Uri(host.Address, accepted.OperationUrl).ToString());

        renewed!.OperationUrl.Should().Be(accepted.OperationUrl);
        renewed.StatusUrl.Should().StartWith($"{host.Address}api/operations/");
        redirect.Headers.Location!.OriginalString.Should().StartWith($"{host.Address}api/operations/");
        (await host.StatusOfAsync(renewed.StatusUrl)).Should().Be(HttpStatusCode.OK);
        (await host.StatusOfAsync(redirect.Headers.Location.OriginalString)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Accept_PublicBaseUrlWithPath_StatusUrlUsesIt()
    {
        var host = await StartAsync(
            app => app.UsePathBase("/api"), sqlite => sqlite.PublicBaseUrl = new Uri("https://shop.example.com/files"));

        var (accepted, _) = await AcceptAsync(host, "/api/typed");

        accepted.OperationUrl.Should().Be($"/api/operations/{accepted.Id}");
        accepted.StatusUrl.Should().StartWith($"https://shop.example.com/files/operations/{accepted.Id}/status?");
    }

    // Escaped in the response, as in the request.
    [Fact]
    public async Task Accept_PathBaseWithSpace_EscapesIt()
    {
        var host = await StartAsync(app => app.UsePathBase("/our shop"));

        var (accepted, _) = await AcceptAsync(host, "/our%20shop/typed");

        accepted.OperationUrl.Should().Be($"/our%20shop/operations/{accepted.Id}");
        (await host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Accept_TrustedForwardedPrefix_OperationUrlIncludesIt()
    {
        var host = await StartAsync(Trust(ForwardedHeaders.All));

        var (accepted, _) = await AcceptAsync(
            host, "/typed", ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Prefix", "/shop/api"));

        accepted.OperationUrl.Should().Be($"/shop/api/operations/{accepted.Id}");

        // The status URL has the server's own address, where no proxy strips the prefix.
        accepted.StatusUrl.Should().StartWith($"{host.Address}operations/");
        (await host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Accept_UntrustedForwardedPrefix_IsIgnored()
    {
        var host = await StartAsync(Trust(ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto));

        var (accepted, _) = await AcceptAsync(
            host, "/typed", ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Prefix", "/evil"));

        accepted.OperationUrl.Should().Be($"/operations/{accepted.Id}");
    }

    [Fact]
    public async Task Accepted_OverHttpUnderPathBase_ProblemInstanceIncludesIt()
    {
        var host = await StartAsync(app => app.UsePathBase("/api"));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "/api/own"));
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");

        using var refused = await host.Http.SendAsync(request);

        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await refused.Content.ReadFromJsonAsync(OperationJson.Problem))!.Instance.Should().StartWith("/api/operations/");
    }

    private static Action<WebApplication> Trust(ForwardedHeaders headers) =>
        app => app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = headers });

    private static async Task<(AcceptedOperation Accepted, string Location)> AcceptAsync(
        ConformanceHost host, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, host.Address + path[1..]);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await host.Http.SendAsync(request);
        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        return ((await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!, response.Headers.Location!.OriginalString);
    }

    private async Task<ConformanceHost> StartAsync(Action<WebApplication> use, Action<SqliteOptions>? sqlite = null) =>
        Host = await ConformanceHost.StartAsync(
            Provider,
            build: builder => builder.Services.PostConfigure(sqlite ?? (_ => { })),
            use: app =>
            {
                use(app);
                MapAccepts(app);
            });
}
