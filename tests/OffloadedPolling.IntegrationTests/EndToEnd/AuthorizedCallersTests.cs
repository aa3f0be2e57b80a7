using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Orders with bearer tokens, and its HTTPS requirement behind a proxy.</summary>
public sealed class AuthorizedCallersTests : IDisposable
{
    private const string Order = """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""";

    private readonly BearerTokens _tokens = new();

    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });

    private readonly SqliteOrdersSettings _files = new();

    public void Dispose()
    {
        _http.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_AreRequiredByHostButNotByStatusUrl(bool onAws)
    {
        using var cloud = onAws ? await OrdersSettings.CreateAsync() : null;
        await using var orders = await OrdersProcess.StartAsync(_tokens.Require(cloud?.For("All") ?? _files.For()));
        var token = _tokens.For("ada");

        using var refused = await SendAsync(orders, HttpMethod.Post, "/order");
        using var forged = await SendAsync(orders, HttpMethod.Post, "/order", new BearerTokens().For("ada"));
        using var placed = await SendAsync(orders, HttpMethod.Post, "/order", token);
        var accepted = (await placed.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
        using var polled = await _http.GetAsync(accepted.StatusUrl);

        (refused.StatusCode, forged.StatusCode).Should().Be((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized));
        (placed.StatusCode, polled.StatusCode).Should().Be((HttpStatusCode.Accepted, HttpStatusCode.OK));
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Get, "/url"), (HttpMethod.Post, "/cancel") })
        {
            using var without = await SendAsync(orders, method, accepted.OperationUrl + path);
            without.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        using var renewed = await SendAsync(orders, HttpMethod.Get, accepted.OperationUrl + "/url", token);
        renewed.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task OrderClient_HostRequiresToken_SucceedsOnlyWithToken()
    {
        await using var orders = await OrdersProcess.StartAsync(_tokens.Require(_files.For()));

        var (exitCode, output) = await OrderClientProcess.RunAsync("--host", orders.Address.ToString(), "--token", _tokens.For("ada"));
        var (exitCodeWithout, outputWithout) = await OrderClientProcess.RunAsync("--host", orders.Address.ToString());

        exitCode.Should().Be(0, output);
        exitCodeWithout.Should().Be(1);
        outputWithout.Should().Contain("401");
    }

    [Theory]
    [InlineData("https", HttpStatusCode.Accepted)]
    [InlineData("http", HttpStatusCode.Forbidden)]
    public async Task Post_BehindProxy_RequiresForwardedHttps(string scheme, HttpStatusCode expected)
    {
        var settings = _files.For();
        settings["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        await using var orders = await OrdersProcess.StartAsync(settings);

        using var response = await SendAsync(orders, HttpMethod.Post, "/order", forwarded: scheme);

        response.StatusCode.Should().Be(expected);
        (response.Headers.Location is not null).Should().Be(expected == HttpStatusCode.Accepted);
    }

    private async Task<HttpResponseMessage> SendAsync(
        OrdersProcess orders, HttpMethod method, string path, string? token = null, string? forwarded = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(orders.Address, path));
        request.Content = method == HttpMethod.Post ? new StringContent(Order, new MediaTypeHeaderValue("application/json")) : null;
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (forwarded is not null)
        {
            request.Headers.Add("X-Forwarded-For", "203.0.113.7");
            request.Headers.Add("X-Forwarded-Proto", forwarded);
        }

        return await _http.SendAsync(request);
    }
}
