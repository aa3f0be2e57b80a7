using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Secrecy;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>A host that serves status documents in place of S3: where its URLs point, and who can read them.</summary>
public sealed class SignedStatusRouteTests : IAsyncLifetime
{
    private static readonly string _key = Secrets.All.Keep("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");

    private readonly SqliteProvider _provider = new();

    private readonly List<ConformanceHost> _hosts = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Url_Default_StartsWithServerAddress()
    {
        var host = await StartAsync();

        var url = await IssueAsync(host);

        url.Should().StartWith($"{host.Address}operations/{TestDocuments.Id}/status?expires=");
    }

    [Theory]
    [InlineData("https://orders.example.com")]
    [InlineData("https://orders.example.com/")]
    [InlineData("https://orders.example.com/shop/")]
    public async Task Url_PublicBaseUrl_StartsWithIt(string baseUrl)
    {
        var host = await StartAsync(sqlite => sqlite.PublicBaseUrl = new Uri(baseUrl));

        (await IssueAsync(host)).Should().StartWith($"{baseUrl.TrimEnd('/')}/operations/{TestDocuments.Id}/status?");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    public async Task Url_ServerBoundToAllAddresses_UsesLocalhostAndWarnsOnce(string bound)
    {
        var host = await StartAsync(address: bound);

        var url = await IssueAsync(host);
        await IssueAsync(host);

        new Uri(url).GetLeftPart(UriPartial.Authority).Should().Be($"http://localhost:{host.Address.Port}");
        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 702).Which.Text
            .Should().Contain("OffloadedPolling:Sqlite:PublicBaseUrl");
    }

    [Fact]
    public async Task Renew_HostHeader_IsIgnored()
    {
        var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{host.Address}operations/{TestDocuments.Id}");
        request.Headers.Host = "evil.example.com";

        using var response = await host.Http.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        response.Headers.Location!.OriginalString.Should().StartWith(host.Address.ToString());
    }

    [Fact]
    public async Task AcceptAsync_StatusRouteNotMapped_ThrowsWithFixAndEndsDocument()
    {
        var services = new ServiceCollection().AddLogging(RecordingLogger.Watch);
        var polling = services.AddOffloadedPolling();
        _provider.Choose(polling);
        polling.AddOperation<Parcel>(ConformanceHost.Kind, ParcelJson.Default);
        await using var container = services.BuildServiceProvider();

        var thrown = (await FluentActions.Awaiting(() => container.GetRequiredService<IOffloadedOperations>()
            .AcceptAsync(new Parcel("Ada"))).Should().ThrowExactlyAsync<StatusUrlException>()).Which;

        thrown.Message.Should().Contain("app.MapOperations(\"/operations\")");
        var id = (string)(await _provider.ExecuteAsync("SELECT id FROM documents"))!;
        var left = await container.GetRequiredService<IOffloadedOperations>().GetAsync(id);
        left!.State.Should().Be(OperationState.Failed);
        left.Error!.Type.Should().EndWith("not-issued");
    }

    [Fact]
    public async Task Url_IssuedBeforeRestart_StillWorks()
    {
        var first = await StartAsync();
        var url = await IssueAsync(first);
        await first.StopAsync();

        // On another port, because another process may use the old one by now. The tests of the Orders sample, which kill and restart it,
        // show that the whole URL works.
        var second = await StartAsync();

        (await second.StatusOfAsync(second.Address.GetLeftPart(UriPartial.Authority) + new Uri(url).PathAndQuery))
            .Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Url_ConfiguredKey_IsNotStoredInFile()
    {
        var host = await StartAsync(sqlite => sqlite.SigningKey = _key);

        (await host.StatusOfAsync(await IssueAsync(host))).Should().Be(HttpStatusCode.OK);
        (await _provider.ExecuteAsync("SELECT count(*) FROM settings")).Should().Be((object?)0L);
    }

    [Fact]
    public async Task Url_SignedWithAnotherKey_Returns403()
    {
        var ours = await StartAsync(sqlite => sqlite.SigningKey = _key);
        var theirs = await StartAsync();

        var forged = ours.Address.GetLeftPart(UriPartial.Authority) + new Uri(await IssueAsync(theirs)).PathAndQuery;

        (await ours.StatusOfAsync(forged)).Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Url_WrongSignature_AlwaysReturnsSameResponse()
    {
        var host = await StartAsync();
        var url = await IssueAsync(host);
        var query = url[url.IndexOf('?', StringComparison.Ordinal)..];

        var responses = new HashSet<string>();
        foreach (var (id, sent) in (IEnumerable<(string, string)>)[
            (TestDocuments.Id, query + "0"), ("ffffffffffffffffffffffffffffffff", query), (TestDocuments.Id, ""),
            ("ffffffffffffffffffffffffffffffff", ""),
            ("no-id", query), ("no-id", ""), (TestDocuments.Id, "?expires=1&signature="),
            (TestDocuments.Id, "?expires=99999999999999999999&signature=x"),
            (TestDocuments.Id, "?signature=x&expires=1"),
            (TestDocuments.Id, query.Replace("expires=", "expires=%30", StringComparison.Ordinal))])
        {
            using var response = await host.GetAsync($"{host.Address}operations/{id}/status{sent}");
            response.Headers.Date = null;
            responses.Add($"{response.StatusCode} {response.Headers} {await response.Content.ReadAsStringAsync()}");
        }

        responses.Should().ContainSingle().Which.Should().Contain("Forbidden");
    }

    [Fact]
    public async Task Url_Expired_Returns403WithReason()
    {
        var host = await StartAsync();
        var expired = host.Services.GetRequiredService<StatusUrlSignature>().Sign(TestDocuments.Id, 1);

        using var response = await host.GetAsync($"{host.Address}operations/{TestDocuments.Id}/status{expired}");

        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await response.Content.ReadAsStringAsync()).Should().Contain("The status URL has expired");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("W/{0}")]
    [InlineData("\"x\", {0}")]
    public async Task Url_IfNoneMatchMatches_Returns304(string ifNoneMatch)
    {
        var host = await StartAsync();
        var url = await IssueAsync(host);
        using var first = await host.GetAsync(url);

        using var again = await host.GetAsync(url, string.Format(null, ifNoneMatch, first.Headers.ETag));

        again.StatusCode.Should().Be(HttpStatusCode.NotModified);
        again.Headers.ETag.Should().Be(first.Headers.ETag);
    }

    [Fact]
    public async Task Url_GroupRequiresAuthorization_IsServedWithoutIt()
    {
        var host = await StartAsync(
            build: builder =>
            {
                builder.Services.AddAuthentication("nobody").AddScheme<AuthenticationSchemeOptions, Nobody>("nobody", null);
                builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(
                    new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            },
            group: group => group.RequireAuthorization().AddEndpointFilter((_, _) =>
                ValueTask.FromResult<object?>(Results.StatusCode(StatusCodes.Status418ImATeapot))));

        (await host.StatusOfAsync($"{host.Address}operations/{TestDocuments.Id}/url")).Should().Be(HttpStatusCode.Unauthorized);
        (await host.StatusOfAsync(await IssueAsync(host))).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Url_AnyResponse_AllowsCrossOriginReads()
    {
        var host = await StartAsync();
        var url = await IssueAsync(host);

        foreach (var (requested, status) in (IEnumerable<(string, HttpStatusCode)>)[
            (url, HttpStatusCode.OK), (url + "0", HttpStatusCode.Forbidden)])
        {
            using var response = await host.GetAsync(requested);
            response.StatusCode.Should().Be(status);
            response.Headers.GetValues("Access-Control-Allow-Origin").Should().ContainSingle().Which.Should().Be("*");
            response.Headers.GetValues("Access-Control-Expose-Headers").Should().ContainSingle().Which.Should().Be("ETag, Date");
        }
    }

    [Fact]
    public async Task Url_CorsPreflight_Returns204()
    {
        var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, await IssueAsync(host));
        request.Headers.Add("Origin", "https://elsewhere.example.com");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "if-none-match, traceparent");

        using var response = await host.Http.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        ((IEnumerable<string>)[
            .. response.Headers.GetValues("Access-Control-Allow-Origin"), .. response.Headers.GetValues("Access-Control-Allow-Methods"),
            .. response.Headers.GetValues("Access-Control-Allow-Headers")]).Should().Equal("*", "GET", "*");
    }

    [Fact]
    public async Task WithS3_SqliteOnlyForQueue_HasNoStatusRoute()
    {
        var services = new ServiceCollection().AddLogging(RecordingLogger.Watch);
        services.AddOffloadedPolling().WithS3().WithSqlite(sqlite => sqlite.DataSource = _provider.DataSource);
        await using var container = services.BuildServiceProvider();

        container.GetService<ISignedStatusRoute>().Should().BeNull();
        container.GetRequiredService<IOperationQueue>().Should().BeOfType<SqliteOperationQueue>();
    }

    private async Task<ConformanceHost> StartAsync(
        Action<SqliteOptions>? sqlite = null, Action<IOffloadedPollingBuilder>? build = null,
        Action<Microsoft.AspNetCore.Routing.RouteGroupBuilder>? group = null,
        string address = "http://127.0.0.1:0")
    {
        var host = await ConformanceHost.StartAsync(
            _provider,
            build: builder =>
            {
                builder.Services.PostConfigure(sqlite ?? (_ => { }));
                build?.Invoke(builder);
            },
            group: group,
            url: address);
        _hosts.Add(host);
        if (await host.Store.GetAsync(TestDocuments.Id, default) is null)
        {
            await host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        }

        return host;
    }

    private static async Task<string> IssueAsync(ConformanceHost host) =>
        (await host.Issuer.IssueAsync(TestDocuments.Id, TimeSpan.FromMinutes(5), default)).Value;

    private sealed class Nobody(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
