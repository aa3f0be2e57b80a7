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

/// <summary>The host in S3's place: where its URLs point to, and whom they let in.</summary>
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
    public async Task Url_BeginsWithTheAddressThatTheServerIsBoundTo()
    {
        var host = await StartAsync();

        var url = await IssueAsync(host);

        Assert.StartsWith($"{host.Address}operations/{TestDocuments.Id}/status?expires=", url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://orders.example.com")]
    [InlineData("https://orders.example.com/")]
    [InlineData("https://orders.example.com/shop/")]
    public async Task Url_WithAPublicBaseUrl_BeginsWithThat(string baseUrl)
    {
        var host = await StartAsync(sqlite => sqlite.PublicBaseUrl = new Uri(baseUrl));

        Assert.StartsWith($"{baseUrl.TrimEnd('/')}/operations/{TestDocuments.Id}/status?", await IssueAsync(host), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    public async Task Url_OfAServerBoundToEveryAddress_BeginsWithLocalhostAndIsWarnedOfOnce(string bound)
    {
        var host = await StartAsync(address: bound);

        var url = await IssueAsync(host);
        await IssueAsync(host);

        Assert.Equal($"http://localhost:{host.Address.Port}", new Uri(url).GetLeftPart(UriPartial.Authority));
        Assert.Contains("OffloadedPolling:Sqlite:PublicBaseUrl", Assert.Single(host.Log.Entries, entry => entry.Id == 702).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RenewedUrl_IgnoresTheHostHeader()
    {
        var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{host.Address}operations/{TestDocuments.Id}");
        request.Headers.Host = "evil.example.com";

        using var response = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.StartsWith(host.Address.ToString(), response.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptAsync_WhereTheHostServesNothing_SaysWhatToDoAndLeavesNoWork()
    {
        var services = new ServiceCollection().AddLogging(RecordingLogger.Watch);
        var polling = services.AddOffloadedPolling();
        _provider.Choose(polling);
        polling.AddOperation<Parcel>(ConformanceHost.Kind, ParcelJson.Default);
        await using var container = services.BuildServiceProvider();

        var thrown = await Assert.ThrowsAsync<StatusUrlException>(() => container.GetRequiredService<IOffloadedOperations>().AcceptAsync(new Parcel("Ada")));

        Assert.Contains("app.MapOperations(\"/operations\")", thrown.Message, StringComparison.Ordinal);
        var id = (string)(await _provider.ExecuteAsync("SELECT id FROM documents"))!;
        var left = await container.GetRequiredService<IOffloadedOperations>().GetAsync(id);
        Assert.Equal(OperationState.Failed, left!.State);
        Assert.EndsWith("not-issued", left.Error!.Type, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Url_IssuedBeforeARestart_WorksAfterIt()
    {
        var first = await StartAsync();
        var url = await IssueAsync(first);
        await first.StopAsync();

        // On another port, since the old one may be somebody's by now. That the whole URL works is seen with Orders, killed and started again.
        var second = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await second.StatusOfAsync(second.Address.GetLeftPart(UriPartial.Authority) + new Uri(url).PathAndQuery));
    }

    [Fact]
    public async Task Url_WithAConfiguredKey_IsSignedWithItAndTheFileHasNone()
    {
        var host = await StartAsync(sqlite => sqlite.SigningKey = _key);

        Assert.Equal(HttpStatusCode.OK, await host.StatusOfAsync(await IssueAsync(host)));
        Assert.Equal(0L, await _provider.ExecuteAsync("SELECT count(*) FROM settings"));
    }

    [Fact]
    public async Task Url_SignedWithAnotherKey_403()
    {
        var ours = await StartAsync(sqlite => sqlite.SigningKey = _key);
        var theirs = await StartAsync();

        var forged = ours.Address.GetLeftPart(UriPartial.Authority) + new Uri(await IssueAsync(theirs)).PathAndQuery;

        Assert.Equal(HttpStatusCode.Forbidden, await ours.StatusOfAsync(forged));
    }

    [Fact]
    public async Task Answers_ToAWrongSignature_AreTheSameWhetherThereIsSuchAnOperationOrNot()
    {
        var host = await StartAsync();
        var url = await IssueAsync(host);
        var query = url[url.IndexOf('?', StringComparison.Ordinal)..];

        var answers = new HashSet<string>();
        foreach (var (id, sent) in (IEnumerable<(string, string)>)[
            (TestDocuments.Id, query + "0"), ("ffffffffffffffffffffffffffffffff", query), (TestDocuments.Id, ""), ("ffffffffffffffffffffffffffffffff", ""),
            ("no-id", query), ("no-id", ""), (TestDocuments.Id, "?expires=1&signature="), (TestDocuments.Id, "?expires=99999999999999999999&signature=x"),
            (TestDocuments.Id, "?signature=x&expires=1"), (TestDocuments.Id, query.Replace("expires=", "expires=%30", StringComparison.Ordinal))])
        {
            using var response = await host.GetAsync($"{host.Address}operations/{id}/status{sent}");
            response.Headers.Date = null;
            answers.Add($"{response.StatusCode} {response.Headers} {await response.Content.ReadAsStringAsync()}");
        }

        Assert.Contains("Forbidden", Assert.Single(answers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExpiredUrl_IsToldApartFromAWrongOne()
    {
        var host = await StartAsync();
        var expired = host.Services.GetRequiredService<StatusUrlSignature>().Sign(TestDocuments.Id, 1);

        using var response = await host.GetAsync($"{host.Address}operations/{TestDocuments.Id}/status{expired}");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("The status URL has expired", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("W/{0}")]
    [InlineData("\"x\", {0}")]
    public async Task Url_WithOneOfSeveralETags_304(string ifNoneMatch)
    {
        var host = await StartAsync();
        var url = await IssueAsync(host);
        using var first = await host.GetAsync(url);

        using var again = await host.GetAsync(url, string.Format(null, ifNoneMatch, first.Headers.ETag));

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
    }

    [Fact]
    public async Task Url_OnAGroupThatDemandsAuthorization_OpensAllTheSame()
    {
        var host = await StartAsync(
            build: builder =>
            {
                builder.Services.AddAuthentication("nobody").AddScheme<AuthenticationSchemeOptions, Nobody>("nobody", null);
                builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            },
            group: group => group.RequireAuthorization().AddEndpointFilter((_, _) => ValueTask.FromResult<object?>(Results.StatusCode(StatusCodes.Status418ImATeapot))));

        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusOfAsync($"{host.Address}operations/{TestDocuments.Id}/url"));
        Assert.Equal(HttpStatusCode.OK, await host.StatusOfAsync(await IssueAsync(host)));
    }

    [Fact]
    public async Task Get_FromAPageElsewhere_MayBeReadByIt()
    {
        var host = await StartAsync();
        var url = await IssueAsync(host);

        foreach (var (asked, status) in (IEnumerable<(string, HttpStatusCode)>)[(url, HttpStatusCode.OK), (url + "0", HttpStatusCode.Forbidden)])
        {
            using var response = await host.GetAsync(asked);
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Equal("ETag, Date", Assert.Single(response.Headers.GetValues("Access-Control-Expose-Headers")));
        }
    }

    [Fact]
    public async Task Preflight_IsAnswered()
    {
        var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, await IssueAsync(host));
        request.Headers.Add("Origin", "https://elsewhere.example.com");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "if-none-match, traceparent");

        using var response = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(["*", "GET", "*"], (IEnumerable<string>)[
            .. response.Headers.GetValues("Access-Control-Allow-Origin"), .. response.Headers.GetValues("Access-Control-Allow-Methods"),
            .. response.Headers.GetValues("Access-Control-Allow-Headers")]);
    }

    [Fact]
    public async Task WithS3Chosen_TheHostServesNoDocuments()
    {
        var services = new ServiceCollection().AddLogging(RecordingLogger.Watch);
        services.AddOffloadedPolling().WithS3().WithSqlite(sqlite => sqlite.DataSource = _provider.DataSource);
        await using var container = services.BuildServiceProvider();

        Assert.Null(container.GetService<ISignedStatusRoute>());
        Assert.IsType<SqliteOperationQueue>(container.GetRequiredService<IOperationQueue>());
    }

    private async Task<ConformanceHost> StartAsync(
        Action<SqliteOptions>? sqlite = null, Action<IOffloadedPollingBuilder>? build = null, Action<Microsoft.AspNetCore.Routing.RouteGroupBuilder>? group = null,
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
