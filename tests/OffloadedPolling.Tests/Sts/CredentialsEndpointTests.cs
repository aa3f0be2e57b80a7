using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Sts;
using OffloadedPolling.Tests.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sts;

/// <summary>Tests POST /operations/{id}/credentials.</summary>
public sealed class CredentialsEndpointTests : EndpointTestBase
{
    private readonly IStatusCredentialsIssuer _issuer = Substitute.For<IStatusCredentialsIssuer>();

    [Fact]
    public async Task Post_AuthorizedCaller_ReturnsUncachedCredentials()
    {
        await StartAsync();
        Returns(Credentials() with { Endpoint = "http://127.0.0.1:8000/", ForcePathStyle = true });

        using var response = await PostAsync(id: "ada");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        response.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
        (await response.Content.ReadAsStringAsync()).Should().Be("""
            {"id":"0123456789abcdef0123456789abcdef","statusKey":"operations/0123456789abcdef0123456789abcdef.json","bucket":"my-bucket",
            "region":"eu-west-1","endpoint":"http://127.0.0.1:8000/","forcePathStyle":true,"accessKeyId":"ASIA",
            "secretAccessKey":"5ecre7+/=","sessionToken":"t0ken+/=","expiresAt":"2026-11-23T10:15:00+00:00"}
            """.ReplaceLineEndings(""));
        (await StatusCredentials.ReadAsync(response)).SecretAccessKey.Should().Be("5ecre7+/=");
        await _issuer.Received(1).IssueAsync(TestDocuments.Id, "ada", null, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Post_OnAws_OmitsEndpoint()
    {
        await StartAsync();
        Returns(Credentials());

        using var response = await PostAsync(id: "ada");

        (await response.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("endpoint", out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("id-7", "sub-7", "id-7")]
    [InlineData(null, "sub-7", "sub-7")]
    public async Task Post_Caller_IsNameIdentifierOrSubject(string? id, string? subject, string caller)
    {
        await StartAsync();
        Returns(Credentials());

        using var response = await PostAsync(id, subject: subject);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        await _issuer.Received(1).IssueAsync(TestDocuments.Id, caller, null, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Post_CredentialsRejectedByS3_ArePassedToIssuer()
    {
        await StartAsync();
        Returns(Credentials());

        using var response = await PostAsync("ada", refused: Credentials());

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        await _issuer.Received(1).IssueAsync(TestDocuments.Id, "ada", Credentials().AccessKeyId, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Post_Anonymous_Returns401()
    {
        await StartAsync();

        using var response = await PostAsync();

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        _issuer.ReceivedCalls().Should().BeEmpty();
    }

    [Fact]
    public async Task Post_UserWithoutIdentifier_Returns403()
    {
        await StartAsync();

        using var response = await PostAsync(id: "", name: "Ada");

        await AssertProblemAsync(response, HttpStatusCode.Forbidden, "The caller has no identifier");
        _issuer.ReceivedCalls().Should().BeEmpty();
    }

    [Fact]
    public async Task Post_NoAuthorizationMiddleware_Returns500()
    {
        await StartAsync(authenticate: false);

        using var response = await PostAsync(id: "ada");

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        _issuer.ReceivedCalls().Should().BeEmpty();
    }

    [Fact]
    public async Task Post_MiddlewareCheckSuppressed_Returns403()
    {
        await StartAsync(
            authenticate: false,
            build: builder => builder.Services.Configure<RouteOptions>(routes => routes.SuppressCheckForUnhandledSecurityMetadata = true),
            use: app => app.Use((context, next) =>
            {
                // A user with a name who is not authenticated.
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ada")]));
                return next(context);
            }));

        using var response = await PostAsync(id: "ada");

        await AssertProblemAsync(response, HttpStatusCode.Forbidden, "The caller has no identifier");
        _issuer.ReceivedCalls().Should().BeEmpty();
    }

    [Fact]
    public async Task Post_RemoteCallerOverHttp_Returns403()
    {
        await StartAsync(use: app => app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
            return next(context);
        }));

        using var response = await PostAsync(id: "ada");

        await AssertProblemAsync(response, HttpStatusCode.Forbidden, "HTTPS is required");
        _issuer.ReceivedCalls().Should().BeEmpty();
    }

    [Fact]
    public async Task Post_UnknownOperation_Returns404()
    {
        await StartAsync();
        _issuer.IssueAsync(Arg.Any<string>(), Arg.Any<string>(), Arg.Any<string?>(), Arg.Any<CancellationToken>())
            .Returns((StatusCredentials?)null);

        using var response = await PostAsync(id: "ada");

        await AssertProblemAsync(response, HttpStatusCode.NotFound, "The operation does not exist");
    }

    [Theory]
    [InlineData(false, HttpStatusCode.ServiceUnavailable, "Operations are temporarily unavailable")]
    [InlineData(true, HttpStatusCode.Forbidden, "The token or assertion was rejected")]
    public async Task Post_IssuerThrows_Returns403OnlyForCallersProof(bool isCallersProof, HttpStatusCode expected, string title)
    {
        await StartAsync();
        _issuer.IssueAsync(Arg.Any<string>(), Arg.Any<string>(), Arg.Any<string?>(), Arg.Any<CancellationToken>())
            .ThrowsAsync(new TemporaryCredentialsException("As told: secret-role.", isCallersProof: isCallersProof));

        using var response = await PostAsync(id: "ada");

        await AssertProblemAsync(response, expected, title);
        (await response.Content.ReadAsStringAsync()).Should().NotContain("secret-role");
        (response.Headers.RetryAfter is not null).Should().Be(expected == HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Map_WithoutSts_AddsNoCredentialsEndpoint()
    {
        Host = await ConformanceHost.StartAsync(Provider, build: builder => HeaderAuthentication.Add(builder.Services));

        using var response = await PostAsync(id: "ada");

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        Endpoints().Should().NotContain(endpoint => endpoint.RoutePattern.RawText!.EndsWith("/credentials", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Map_DescribesAuthorizationAndResponses()
    {
        await StartAsync();

        var endpoint = Endpoints().Should().ContainSingle(endpoint => endpoint.RoutePattern.RawText!.EndsWith(
            "/{id}/credentials", StringComparison.Ordinal)).Which;

        endpoint.Metadata.GetMetadata<IAuthorizeData>().Should().NotBeNull();
        var answers = endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>()
            .ToDictionary(answer => answer.StatusCode, answer => answer.Type);
        answers.Keys.Order().Should().Equal(200, 401, 403, 404, 502, 503);
        answers[200].Should().Be<StatusCredentials>();
    }

    private static StatusCredentials Credentials() => new()
    {
        Id = TestDocuments.Id,
        StatusKey = $"operations/{TestDocuments.Id}.json",
        Bucket = "my-bucket",
        Region = "eu-west-1",
        AccessKeyId = "ASIA",
        SecretAccessKey = "5ecre7+/=",
        SessionToken = "t0ken+/=",
        ExpiresAt = new DateTimeOffset(2026, 11, 23, 10, 15, 0, TimeSpan.Zero),
    };

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode expected, string title)
    {
        (response.StatusCode, response.Content.Headers.ContentType?.MediaType).Should().Be((expected, "application/problem+json"));
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString().Should().Be(title);
    }

    private void Returns(StatusCredentials credentials) =>
        _issuer.IssueAsync(Arg.Any<string>(), Arg.Any<string>(), Arg.Any<string?>(), Arg.Any<CancellationToken>()).Returns(credentials);

    private async Task StartAsync(
        bool authenticate = true, Action<IOffloadedPollingBuilder>? build = null, Action<WebApplication>? use = null) =>
        Host = await ConformanceHost.StartAsync(
            Provider,
            build: builder =>
            {
                if (authenticate)
                {
                    HeaderAuthentication.Add(builder.Services);
                }

                builder.Services.AddSingleton<IOperationEndpoints, CredentialsEndpoint>();
                builder.Services.AddSingleton(_issuer);
                build?.Invoke(builder);
            },
            use: use);

    private IEnumerable<RouteEndpoint> Endpoints() =>
        Host!.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    private async Task<HttpResponseMessage> PostAsync(
        string? id = null, string? name = null, string? subject = null, StatusCredentials? refused = null)
    {
        using var request = StatusCredentials.NewRequest($"{Host!.Address}operations/{TestDocuments.Id}/credentials", refused);
        if (id is not null)
        {
            request.Headers.Add(HeaderAuthentication.Id, id);
        }

        if (name is not null)
        {
            request.Headers.Add(HeaderAuthentication.UserName, name);
        }

        if (subject is not null)
        {
            request.Headers.Add(HeaderAuthentication.Subject, subject);
        }

        return await Host.Http.SendAsync(request);
    }
}
