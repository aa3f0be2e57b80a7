using System.Net;
using System.Net.Http.Json;
using System.Text;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>Orders behind a proxy that terminates TLS and serves it under a path prefix.</summary>
public sealed class BehindAProxyTests : IAsyncLifetime
{
    private const string Order = """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""";

    private readonly SqliteOrdersSettings _files = new();

    private readonly TestCertificate _certificate = new();

    private readonly HttpClient _http = new(TestCertificate.NewHandler());

    private readonly int _port = FreePort.Next();

    private OrdersProcess? _orders;

    private PrefixProxy? _proxy;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await (_proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_orders?.DisposeAsync() ?? ValueTask.CompletedTask);
        _certificate.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Urls_ProxyStripsPrefix_IncludePrefixAndWork()
    {
        var shop = await StartAsync(trusted: true);

        var accepted = await PlaceAsync(shop);
        accepted.OperationUrl.Should().Be($"/shop/api/operations/{accepted.Id}");
        accepted.StatusUrl.Should().StartWith($"{shop}operations/{accepted.Id}/status?");
        var end = await WaitForTheEndAsync(accepted.StatusUrl);
        end.State.Should().Be(OperationState.Succeeded);

        var renewed = await _http.GetFromJsonAsync(new Uri(shop, $"{accepted.OperationUrl}/url"), OperationJson.Accepted);
        (await WaitForTheEndAsync(renewed!.StatusUrl)).Id.Should().Be(accepted.Id);
        renewed.OperationUrl.Should().Be(accepted.OperationUrl);
        using var redirect = await _http.GetAsync(new Uri(shop, accepted.OperationUrl));
        redirect.Headers.Location!.OriginalString.Should().StartWith($"{shop}operations/");
        using var tooLate = await _http.PostAsync(new Uri(shop, $"{accepted.OperationUrl}/cancel"), null);
        tooLate.StatusCode.Should().Be(HttpStatusCode.Conflict);

        // Relative to the operation URL, as documented for callers.
        using var order = await _http.GetAsync(new Uri(new Uri(shop, accepted.OperationUrl), end.ResourceLocation));
        order.StatusCode.Should().Be(HttpStatusCode.OK);
        (await _http.GetStringAsync(shop)).Should().Contain("orders.js");
        (await _http.GetStringAsync(new Uri(shop, "orders.js"))).Should().Contain("poll.js");
    }

    [Fact]
    public async Task Poller_BehindProxy_RenewsStatusUrl()
    {
        var shop = await StartAsync(trusted: true);
        using var response = await PostAsync(shop);
        var accepted = await OperationPoller.ReadAcceptedAsync(response);

        using var poller = new OperationPoller(_http);
        var end = await poller.WaitForCompletionAsync(accepted with { StatusUrl = accepted.StatusUrl + "0" });

        end.State.Should().Be(OperationState.Succeeded);
    }

    [Fact]
    public async Task ForwardedHeaders_NotEnabled_AreIgnored()
    {
        var shop = await StartAsync(trusted: false);

        // The host sees only the proxy's plain HTTP.
        using var refused = await PostAsync(shop);
        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_orders!.Address, "/openapi/v1.json"));
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        using var document = await _http.SendAsync(request);
        document.StatusCode.Should().Be(HttpStatusCode.OK);
        (await document.Content.ReadAsStringAsync()).Should().NotContain("/evil");
    }

    private async Task<Uri> StartAsync(bool trusted)
    {
        var settings = _files.For();
        settings["OffloadedPolling__Sqlite__PublicBaseUrl"] = $"https://127.0.0.1:{_port}/shop/api";
        if (trusted)
        {
            settings["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        }

        _orders = await OrdersProcess.StartAsync(settings);
        _proxy = await PrefixProxy.StartAsync(_orders.Address, "/shop/api", _certificate, _port);
        return _proxy.Address;
    }

    private async Task<HttpResponseMessage> PostAsync(Uri shop)
    {
        using var content = new StringContent(Order, Encoding.UTF8, "application/json");
        return await _http.PostAsync(new Uri(shop, "order"), content);
    }

    private async Task<AcceptedOperation> PlaceAsync(Uri shop)
    {
        using var response = await PostAsync(shop);
        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        return (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
    }

    private async Task<OperationStatus> WaitForTheEndAsync(string statusUrl)
    {
        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await _http.GetFromJsonAsync(statusUrl, OperationJson.Status))!.State.IsTerminal(),
            TimeSpan.FromSeconds(60),
            () => $"{last}");
        return last!;
    }
}
