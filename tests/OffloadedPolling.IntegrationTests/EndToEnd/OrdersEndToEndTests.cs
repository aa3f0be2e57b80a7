using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Complete operations, with the API and the worker as two processes.</summary>
public sealed class OrdersEndToEndTests(OrdersPair orders) : IClassFixture<OrdersPair>, IDisposable
{
    private readonly Caller _caller = new();

    private readonly OrdersSettings _settings = orders.Settings;

    private readonly OrdersProcess _api = orders.Api;

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task Order_PostedAndPolled_Succeeds()
    {
        using var response = await _caller.PostAsync(_api.Address, """{"customer":"Ada","items":[{"sku":"book","quantity":2}]}""");

        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        response.Headers.GetValues("Referrer-Policy").Should().ContainSingle().Which.Should().Be("no-referrer");
        response.Headers.GetValues("Operation-Location")
            .Should().ContainSingle().Which.Should().Be(response.Headers.Location!.OriginalString);
        response.Headers.RetryAfter!.Delta.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        var accepted = (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
        accepted.StatusUrl.Should().StartWith(TestServers.S3.ToString());
        accepted.OperationUrl.Should().Be($"/operations/{accepted.Id}");
        accepted.Estimate!.Median.Should().Be(TimeSpan.FromSeconds(5));

        var end = await _caller.WaitForTheEndAsync(accepted.StatusUrl);

        end.State.Should().Be(OperationState.Succeeded);
        end.Attempt.Should().Be(1);
        end.ResourceLocation.Should().Be($"/order/{accepted.Id}");
        end.Result!.Value.GetProperty("customer").GetString().Should().Be("Ada");
        var order = await _caller.Http.GetFromJsonAsync<JsonElement>(new Uri(_api.Address, end.ResourceLocation));
        order.GetProperty("id").GetString().Should().Be(accepted.Id);
        order.GetProperty("items")[0].GetProperty("quantity").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task Order_OutOfStock_FailsWithProblem()
    {
        var accepted = await _caller.PlaceAsync(_api.Address, "out-of-stock");

        var end = await _caller.WaitForTheEndAsync(accepted.StatusUrl);

        end.State.Should().Be(OperationState.Failed);
        end.Error!.Title.Should().Be("Out of stock");
        using var order = await _caller.Http.GetAsync(new Uri(_api.Address, $"/order/{accepted.Id}"));
        order.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task OperationUrl_ReturnsNewStatusUrl()
    {
        var accepted = await _caller.PlaceAsync(_api.Address);

        var renewed = await _caller.Http.GetFromJsonAsync(new Uri(_api.Address, accepted.OperationUrl + "/url"), OperationJson.Accepted);
        using var redirect = await _caller.Http.GetAsync(new Uri(_api.Address, accepted.OperationUrl));

        (await _caller.PollAsync(renewed!.StatusUrl)).Id.Should().Be(accepted.Id);
        renewed.OperationUrl.Should().Be(accepted.OperationUrl);
        redirect.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        (await _caller.PollAsync(redirect.Headers.Location!.OriginalString)).Id.Should().Be(accepted.Id);
    }

    [Theory]
    [InlineData("/operations/0123456789abcdef0123456789abcdef/url")]
    [InlineData("/operations/0123456789abcdef0123456789abcdef")]
    [InlineData("/operations/no-such-thing/url")]
    [InlineData("/operations/..%2F..%2Fsecret")]
    [InlineData("/order/0123456789abcdef0123456789abcdef")]
    public async Task Get_UnknownId_Returns404Problem(string path)
    {
        using var response = await _caller.Http.GetAsync(new Uri(_api.Address, path));

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
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
    public async Task Post_InvalidOrder_Returns400Problem(string body)
    {
        using var response = await _caller.PostAsync(_api.Address, body);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
    }

    [Fact]
    public async Task Renew_InvalidStatusDocument_Returns502Problem()
    {
        using var s3 = TestServers.NewS3Client();
        const string Id = "0123456789abcdef0123456789abcde0";
        await s3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest
        {
            BucketName = _settings.Bucket, Key = $"operations/{Id}.json", ContentBody = "not ours", UseChunkEncoding = false,
        });

        using var response = await _caller.Http.GetAsync(new Uri(_api.Address, $"/operations/{Id}/url"));

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
    }
}
