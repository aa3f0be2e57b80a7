using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>A caller that does not use the library: it posts an order and polls the Location.</summary>
internal sealed class Caller : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });

    public HttpClient Http => _http;

    public async Task<HttpResponseMessage> PostAsync(Uri host, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        return await _http.PostAsync(new Uri(host, "/order"), content);
    }

    public async Task<AcceptedOperation> PlaceAsync(Uri host, string sku = "book")
    {
        using var response = await PostAsync(host, $$"""{"customer":"Ada","items":[{"sku":"{{sku}}","quantity":1}]}""");
        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var accepted = await response.Content.ReadFromJsonAsync(OperationJson.Accepted);
        response.Headers.Location!.OriginalString.Should().Be(accepted!.StatusUrl);
        return accepted;
    }

    public async Task<OperationStatus> PollAsync(string statusUrl)
    {
        using var response = await _http.GetAsync(statusUrl);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), OperationJson.Status)!;
    }

    public async Task<OperationStatus> WaitForTheEndAsync(string statusUrl)
    {
        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await PollAsync(statusUrl)).State.IsTerminal(), TimeSpan.FromSeconds(60),
            () => $"the status is {last}");
        return last!;
    }

    public void Dispose() => _http.Dispose();
}
