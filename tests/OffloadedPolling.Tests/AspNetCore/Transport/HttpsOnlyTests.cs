using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.AspNetCore.Transport;

/// <summary>Which callers receive status URLs over HTTP, and which get 403.</summary>
public sealed class HttpsOnlyTests : EndpointTestBase
{
    private const string Remote = "203.0.113.7";

    [Theory]
    [InlineData("typed")]
    [InlineData("erased")]
    [InlineData("own")]
    public async Task Accept_RemoteCallerOverHttp_Returns403WithoutUrl(string endpoint)
    {
        var host = await StartAsync(callerAddress: Remote);

        using var response = await host.Http.PostAsync(new Uri(host.Address, $"/{endpoint}"), null);

        await AssertRefusedAsync(response);
        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 602);
    }

    [Fact]
    public async Task Accept_RemoteCallerOverHttp_QueuesNothing()
    {
        var host = await StartAsync(callerAddress: Remote);

        using var response = await host.Http.PostAsync(new Uri(host.Address, "/typed"), null);

        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await Provider.CountDocumentsAsync(), await Provider.CountMessagesAsync(ConformanceHost.Kind)).Should().Be((0, 0));
    }

    [Fact]
    public async Task Accepted_RemoteCallerOverHttp_ProblemNamesInstance()
    {
        var host = await StartAsync(callerAddress: Remote);

        using var response = await host.Http.PostAsync(new Uri(host.Address, "/own"), null);

        var problem = await AssertRefusedAsync(response);
        problem.GetProperty("detail").GetString().Should().EndWith("send GET over HTTPS to the operation URL with /url appended.");
        var instance = problem.GetProperty("instance").GetString()!;
        (await Provider.CountDocumentsAsync()).Should().Be(1);
        (await host.Operations.GetAsync(instance.Split('/')[^1])).Should().NotBeNull();
    }

    [Fact]
    public async Task Accepted_HostMapsNoOperationUrls_ProblemNamesNone()
    {
        await using var services = new ServiceCollection().AddRouting().AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        context.Connection.RemoteIpAddress = IPAddress.Parse(Remote);
        var accepted = new AcceptedOperation
        {
            Id = TestDocuments.Id,
            Status = OperationState.NotStarted,
            StatusUrl = "https://s3.example.com/",
            StatusUrlExpiresAt = DateTimeOffset.MaxValue,
            RetryAfter = TimeSpan.FromSeconds(1),
        };

        await OperationResults.Accepted(accepted).ExecuteAsync(context);

        var problem = JsonSerializer.Deserialize(body.ToArray(), OperationJson.Problem)!;
        problem.Instance.Should().BeNull();
        problem.Detail.Should().EndWith("which is not sent over plain HTTP.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/url")]
    public async Task Renew_RemoteCallerOverHttp_Returns403EvenIfUnknown(string path)
    {
        var host = await StartAsync(callerAddress: Remote);
        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));

        using var response = await host.GetAsync(new Uri(host.Address, $"/operations/{accepted.Id}{path}").ToString());
        using var unknown = await host.GetAsync(new Uri(host.Address, $"/operations/{TestDocuments.Id}{path}").ToString());

        await AssertRefusedAsync(response);
        await AssertRefusedAsync(unknown);
        response.Headers.Location.Should().BeNull();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData(null)]
    public async Task Accept_LoopbackCaller_Returns202(string? caller)
    {
        var host = await StartAsync(callerAddress: caller);

        (await PostAsync(host)).Should().Be(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Accept_RequireHttpsOff_Returns202()
    {
        var host = await StartAsync(callerAddress: Remote, options: options => options.RequireHttps = false);

        (await PostAsync(host)).Should().Be(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("Development", HttpStatusCode.Accepted)]
    [InlineData("Staging", HttpStatusCode.Forbidden)]
    public async Task Accept_RemoteCallerOverHttp_IsAllowedOnlyInDevelopment(string environment, HttpStatusCode expected)
    {
        var named = Substitute.For<IHostEnvironment>();
        named.EnvironmentName.Returns(environment);
        var host = await StartAsync(callerAddress: Remote, build: builder => builder.Services.AddSingleton(named));

        (await PostAsync(host)).Should().Be(expected);
    }

    [Theory]
    [InlineData("https", HttpStatusCode.Accepted)]
    [InlineData("http", HttpStatusCode.Forbidden)]
    public async Task Accept_TrustedProxy_UsesForwardedScheme(string scheme, HttpStatusCode expected)
    {
        var host = await StartAsync(trustProxy: true);

        (await PostAsync(host, ("X-Forwarded-For", Remote), ("X-Forwarded-Proto", scheme))).Should().Be(expected);
    }

    [Theory]
    [InlineData("X-Forwarded-For", Remote)]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Prefix", "/shop")]
    [InlineData("Forwarded", "for=203.0.113.7;proto=https")]
    [InlineData("X-Real-IP", Remote)]
    [InlineData("Via", "1.1 proxy")]
    public async Task Accept_UntrustedProxyHeader_IsNotTreatedAsLoopback(string header, string value)
    {
        var host = await StartAsync();

        (await PostAsync(host, (header, value))).Should().Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("http", HttpStatusCode.Forbidden)]
    [InlineData("https", HttpStatusCode.Accepted)]
    public async Task Accept_ProxyForwardsOnlyScheme_IsNotTreatedAsLoopback(string scheme, HttpStatusCode expected)
    {
        var host = await StartAsync(trustProxy: true);

        (await PostAsync(host, ("X-Forwarded-Proto", scheme))).Should().Be(expected);
    }

    private static async Task<JsonElement> AssertRefusedAsync(HttpResponseMessage response)
    {
        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        (await response.Content.ReadAsStringAsync()).Should().NotContainEquivalentOf("signature");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("type").GetString().Should().Be("urn:offloaded-polling:problem:https-required");
        problem.GetProperty("detail").GetString().Should().Contain("over HTTPS");
        return problem;
    }

    private static async Task<HttpStatusCode> PostAsync(ConformanceHost host, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "/typed"));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await host.Http.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<ConformanceHost> StartAsync(
        string? callerAddress = "127.0.0.1", bool trustProxy = false, Action<OffloadedPollingOptions>? options = null,
        Action<IOffloadedPollingBuilder>? build = null) =>
        Host = await ConformanceHost.StartAsync(Provider, options, build: build, use: app =>
        {
            app.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = callerAddress is null ? null : IPAddress.Parse(callerAddress);
                return next(context);
            });
            if (trustProxy)
            {
                app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All });
            }

            MapAccepts(app);
        });
}
