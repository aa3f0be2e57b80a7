using System.Net;
using System.Net.Http.Json;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Idempotency keys and cancellation with a running Orders, on S3 and SQS and on SQLite.</summary>
public sealed class KeysAndCancelTests : IDisposable
{
    private const string Key = "6a1f0c4e-7f5b-4a0e-9d3c-2b8e1f7a6d5c";

    private readonly Caller _caller = new();

    private readonly EitherProvider _provider = new();

    public void Dispose()
    {
        _caller.Dispose();
        _provider.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_SameKeyConcurrently_ReturnsSameOperation(bool onAws)
    {
        await using var orders = await OrdersProcess.StartAsync(await _provider.SettingsAsync(onAws, "00:00:00.05"));

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(orders, "book", Key)));

        responses.Should().AllSatisfy(response => response.StatusCode.Should().Be(HttpStatusCode.Accepted));
        var accepted = await Task.WhenAll(responses.Select(response => response.Content.ReadFromJsonAsync(OperationJson.Accepted)));
        var end = await _caller.WaitForTheEndAsync(accepted[0]!.StatusUrl);
        end.State.Should().Be(OperationState.Succeeded);
        accepted.Select(operation => operation!.Id).Distinct().Should().ContainSingle().Which.Should().Be(end.Id);
        using var after = await PostAsync(orders, "book", Key);
        (await after.Content.ReadFromJsonAsync(OperationJson.Accepted) is { } again ? (again.Id, again.Status) : default)
            .Should().Be((end.Id, OperationState.Succeeded));
    }

    [Fact]
    public async Task Post_KeyReusedOrTooShort_Returns422Or400()
    {
        await using var orders = await OrdersProcess.StartAsync(await _provider.SettingsAsync(onAws: false, "00:00:00.05"));
        using var first = await PostAsync(orders, "book", Key);

        using var another = await PostAsync(orders, "pen", Key);
        using var tooShort = await PostAsync(orders, "book", "0123456789abcde");

        (another.StatusCode, tooShort.StatusCode).Should().Be((HttpStatusCode.UnprocessableEntity, HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_OrderIsRunning_EndsAsCanceledWithoutOrder(bool onAws)
    {
        await using var orders = await OrdersProcess.StartAsync(await _provider.SettingsAsync(onAws, "01:00:00"));
        var accepted = await _caller.PlaceAsync(orders.Address);
        OperationStatus? seen = null;
        await Eventually.TrueAsync(
            async () => (seen = await _caller.PollAsync(accepted.StatusUrl)).State == OperationState.Running, TimeSpan.FromSeconds(60),
            () => $"the status is {seen}");

        using var canceled = await _caller.Http.PostAsync(new Uri(orders.Address, $"{accepted.OperationUrl}/cancel"), null);
        var end = await _caller.WaitForTheEndAsync(accepted.StatusUrl);
        using var again = await _caller.Http.PostAsync(new Uri(orders.Address, $"{accepted.OperationUrl}/cancel"), null);
        using var order = await _caller.Http.GetAsync(new Uri(orders.Address, $"/order/{accepted.Id}"));

        (canceled.StatusCode, again.StatusCode, order.StatusCode)
            .Should().Be((HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.NotFound));
        (end.State, end.Attempt).Should().Be((OperationState.Canceled, (int?)1));
    }

    private async Task<HttpResponseMessage> PostAsync(OrdersProcess orders, string sku, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(orders.Address, "/order"));
        request.Headers.Add("Idempotency-Key", key);
        request.Content = new StringContent(
            $$"""{"customer":"Ada","items":[{"sku":"{{sku}}","quantity":1}]}""", System.Text.Encoding.UTF8, "application/json");
        return await _caller.Http.SendAsync(request);
    }
}
