using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Tests.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>Status URLs of a host with a path base.</summary>
public sealed class StatusUrlPathBaseTests : EndpointTestBase
{
    [Theory]
    [InlineData("/api/parcel", "/api/operations/")]
    [InlineData("/parcel", "/operations/")]
    public async Task Accept_AnyPathBase_UrlsIncludeItAndCanBePolled(string path, string begin)
    {
        var host = await StartAsync();

        var accepted = await AcceptAsync(path);

        accepted.OperationUrl.Should().StartWith(begin);
        accepted.StatusUrl.Should().StartWith(host.Address.GetLeftPart(UriPartial.Authority) + begin);
        (await host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.OK);
        (await host.StatusOfAsync(accepted.StatusUrl + "x")).Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Renew_UnderPathBase_StatusUrlIncludesIt()
    {
        var host = await StartAsync();
        var accepted = await AcceptAsync("/api/parcel");

        var renewed = await host.Http.GetFromJsonAsync(new Uri(host.Address, accepted.OperationUrl + "/url"), OperationJson.Accepted);

        renewed!.StatusUrl.Should().StartWith($"{host.Address}api/operations/");
        (await host.StatusOfAsync(renewed.StatusUrl)).Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/api/parcel")]
    [InlineData("/parcel")]
    public async Task Accept_PublicBaseUrl_IgnoresPathBase(string path)
    {
        await StartAsync(sqlite => sqlite.PublicBaseUrl = new Uri("https://example.com/api/"));

        (await AcceptAsync(path)).StatusUrl.Should().StartWith("https://example.com/api/operations/");
    }

    [Fact]
    public async Task Accept_HostHeader_IsIgnored()
    {
        var host = await StartAsync();

        (await AcceptAsync("/api/parcel", ("Host", "evil.example.com"))).StatusUrl.Should().StartWith($"{host.Address}api/operations/");
    }

    [Theory]
    [InlineData("/shop")]
    [InlineData("//evil.example.com")]
    public async Task Accept_ForwardedPrefix_StatusUrlIgnoresIt(string prefix)
    {
        var host = await StartAsync();

        var accepted = await AcceptAsync("/parcel", ("X-Forwarded-Prefix", prefix));

        accepted.StatusUrl.Should().StartWith($"{host.Address}operations/");
        (await host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Accept_OutsideRequest_HasNoPathBaseAndCanBePolled()
    {
        var host = await StartAsync();
        await AcceptAsync("/api/parcel");

        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));

        accepted.StatusUrl.Should().StartWith($"{host.Address}operations/");
        (await host.StatusOfAsync(accepted.StatusUrl)).Should().Be(HttpStatusCode.OK);
    }

    private async Task<AcceptedOperation> AcceptAsync(string path, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Host!.Address, path));
        if (header is var (name, value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Host.Http.SendAsync(request);
        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        return (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
    }

    private async Task<ConformanceHost> StartAsync(Action<SqliteOptions>? sqlite = null) => Host = await ConformanceHost.StartAsync(
        Provider,
        build: builder => builder.Services.PostConfigure(sqlite ?? (_ => { })),
        use: app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedPrefix });
            app.UsePathBase("/api");
            app.UseRouting();
            app.MapPost("/parcel", (IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, new Parcel("Ada")));
        });
}
