using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Road;

/// <summary>The whole road, with API and worker as two processes.</summary>
public sealed class OrdersRoadTests(OrdersPair orders) : IClassFixture<OrdersPair>, IDisposable
{
    private readonly Caller _caller = new();

    private readonly OrdersSettings _settings = orders.Settings;

    private readonly OrdersProcess _api = orders.Api;

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task AnOrder_GoesItsWayToTheEnd()
    {
        using var response = await _caller.PostAsync(_api.Address, """{"customer":"Ada","items":[{"sku":"book","quantity":2}]}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal(response.Headers.Location!.OriginalString, Assert.Single(response.Headers.GetValues("Operation-Location")));
        Assert.True(response.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        var accepted = (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
        Assert.StartsWith(TestServers.S3.ToString(), accepted.StatusUrl, StringComparison.Ordinal);
        Assert.Equal($"/operations/{accepted.Id}", accepted.OperationUrl);
        Assert.Equal(TimeSpan.FromSeconds(5), accepted.Estimate!.Median);

        var end = await _caller.WaitForTheEndAsync(accepted.StatusUrl);

        Assert.Equal(OperationState.Succeeded, end.State);
        Assert.Equal(1, end.Attempt);
        Assert.Equal($"/order/{accepted.Id}", end.ResourceLocation);
        Assert.Equal("Ada", end.Result!.Value.GetProperty("customer").GetString());
        var order = await _caller.Http.GetFromJsonAsync<JsonElement>(new Uri(_api.Address, end.ResourceLocation));
        Assert.Equal(accepted.Id, order.GetProperty("id").GetString());
        Assert.Equal(2, order.GetProperty("items")[0].GetProperty("quantity").GetInt32());
    }

    [Fact]
    public async Task AnOrderOutOfStock_FailsWithItsProblem()
    {
        var accepted = await _caller.PlaceAsync(_api.Address, "out-of-stock");

        var end = await _caller.WaitForTheEndAsync(accepted.StatusUrl);

        Assert.Equal(OperationState.Failed, end.State);
        Assert.Equal("Out of stock", end.Error!.Title);
        using var order = await _caller.Http.GetAsync(new Uri(_api.Address, $"/order/{accepted.Id}"));
        Assert.Equal(HttpStatusCode.NotFound, order.StatusCode);
    }

    [Fact]
    public async Task OperationUrl_LeadsToAFreshStatusUrl()
    {
        var accepted = await _caller.PlaceAsync(_api.Address);

        var renewed = await _caller.Http.GetFromJsonAsync(new Uri(_api.Address, accepted.OperationUrl + "/url"), OperationJson.Accepted);
        using var redirect = await _caller.Http.GetAsync(new Uri(_api.Address, accepted.OperationUrl));

        Assert.Equal(accepted.Id, (await _caller.LookAsync(renewed!.StatusUrl)).Id);
        Assert.Equal(accepted.OperationUrl, renewed.OperationUrl);
        Assert.Equal(HttpStatusCode.SeeOther, redirect.StatusCode);
        Assert.Equal(accepted.Id, (await _caller.LookAsync(redirect.Headers.Location!.OriginalString)).Id);
    }

    [Theory]
    [InlineData("/operations/0123456789abcdef0123456789abcdef/url")]
    [InlineData("/operations/0123456789abcdef0123456789abcdef")]
    [InlineData("/operations/no-such-thing/url")]
    [InlineData("/operations/..%2F..%2Fsecret")]
    [InlineData("/order/0123456789abcdef0123456789abcdef")]
    public async Task UnknownIds_AreProblemsWith404(string path)
    {
        using var response = await _caller.Http.GetAsync(new Uri(_api.Address, path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("""{"customer":"","items":[{"sku":"book","quantity":1}]}""")]
    [InlineData("""{"customer":"Ada","items":[]}""")]
    [InlineData("""{"customer":"Ada","items":[{"sku":"book","quantity":0}]}""")]
    [InlineData("""{"customer":"Ada"}""")]
    [InlineData("""{"customer":"Ada","items":[null]}""")]
    [InlineData("""{"customer":17}""")]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("")]
    public async Task InvalidOrders_AreProblemsWith400(string body)
    {
        using var response = await _caller.PostAsync(_api.Address, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task AStatusKeyThatHoldsSomethingElse_IsAProblem()
    {
        using var s3 = TestServers.NewS3Client();
        const string Id = "0123456789abcdef0123456789abcde0";
        await s3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest
        {
            BucketName = _settings.Bucket, Key = $"operations/{Id}.json", ContentBody = "not ours", UseChunkEncoding = false,
        });

        using var response = await _caller.Http.GetAsync(new Uri(_api.Address, $"/operations/{Id}/url"));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }
}
