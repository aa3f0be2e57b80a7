using System.Net;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>What Orders allows pages of other origins to request.</summary>
public sealed class CrossOriginTests : IAsyncLifetime
{
    private const string Shop = "https://shop.example.com";

    private readonly SqliteOrdersSettings _files = new();

    private readonly Caller _caller = new();

    private OrdersProcess _orders = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = _files.For();
        settings["Orders__AllowedOrigins__0"] = Shop;
        _orders = await OrdersProcess.StartAsync(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await _orders.DisposeAsync();
        _caller.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(Shop)]
    [InlineData("https://elsewhere.example.com")]
    public async Task StatusUrl_Preflight_AllowsEveryOrigin(string origin)
    {
        var accepted = await _caller.PlaceAsync(_orders.Address);

        using var answer = await PreflightAsync(new Uri(accepted.StatusUrl), origin, "GET", "if-none-match,traceparent");

        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        answer.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
        answer.Headers.GetValues("Access-Control-Allow-Headers").Should().Equal("*");
    }

    [Theory]
    [InlineData("/order", "POST", "content-type,idempotency-key")]
    [InlineData("/order/0123456789abcdef0123456789abcdef", "GET", "authorization")]
    [InlineData("/operations/0123456789abcdef0123456789abcdef/url", "GET", "authorization")]
    [InlineData("/operations/0123456789abcdef0123456789abcdef/cancel", "POST", "authorization")]
    [InlineData("/polls", "GET", "authorization")]
    public async Task Api_Preflight_AllowsOnlyConfiguredOrigins(string path, string method, string headers)
    {
        using var allowed = await PreflightAsync(new Uri(_orders.Address, path), Shop, method, headers);
        using var refused = await PreflightAsync(new Uri(_orders.Address, path), "https://elsewhere.example.com", method, headers);

        allowed.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal(Shop);
        var allowedHeaders = allowed.Headers.GetValues("Access-Control-Allow-Headers").Single().ToLowerInvariant();
        allowedHeaders.Split(',').Should().Contain(headers.Split(','));
        refused.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
    }

    private async Task<HttpResponseMessage> PreflightAsync(Uri url, string origin, string method, string headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, url);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", headers);
        return await _caller.Http.SendAsync(request);
    }
}
