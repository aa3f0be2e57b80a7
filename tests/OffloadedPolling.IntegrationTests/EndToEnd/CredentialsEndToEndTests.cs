using System.Net;
using System.Net.Http.Headers;
using OffloadedPolling.Client.S3;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Orders that issues temporary credentials. AWS is configured only by its standard variables.</summary>
public sealed class CredentialsEndToEndTests : IAsyncLifetime
{
    private readonly BearerTokens _tokens = new();

    private readonly HttpClient _http = new();

    private OrdersSettings _settings = null!;

    private OrdersProcess _orders = null!;

    public async ValueTask InitializeAsync()
    {
        _settings = await OrdersSettings.CreateAsync();
        var settings = _tokens.Require(_settings.For("All"));
        settings["AWS_ENDPOINT_URL_STS"] = TestServers.S3.ToString();
        settings["OffloadedPolling__Sts__RoleArn"] = TestServers.RoleArn;
        _orders = await OrdersProcess.StartAsync(settings);
    }

    public async ValueTask DisposeAsync()
    {
        await _orders.DisposeAsync();
        _settings.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task Order_PolledWithTemporaryCredentials_Succeeds()
    {
        using var placed = await PostAsync("/order", """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""");
        var accepted = await OperationPoller.ReadAcceptedAsync(placed);
        StatusCredentials? given = null;
        using var poller = new OperationPoller(new OperationPollerOptions
        {
            Timeout = TimeSpan.FromMinutes(1),
            NewReader = id => new S3StatusReader(async (_, cancellationToken) =>
            {
                using var response = await PostAsync($"/operations/{id}/credentials");
                return given = await StatusCredentials.ReadAsync(response, cancellationToken);
            }),
        });

        var ended = await poller.WaitForCompletionAsync(accepted);

        (ended.Id, ended.State).Should().Be((accepted.Id, OperationState.Succeeded));
        (given!.Bucket, given.Endpoint, given.Region, given.ForcePathStyle)
            .Should().Be((_settings.Bucket, TestServers.S3.ToString(), TestServers.Region, true));
    }

    [Fact]
    public async Task Credentials_UnknownOperationOrNoToken_Returns404Or401()
    {
        using var unknown = await PostAsync($"/operations/{TestDocuments.Id}/credentials");
        using var anonymous = await _http.PostAsync(new Uri(_orders.Address, $"/operations/{TestDocuments.Id}/credentials"), null);

        (unknown.StatusCode, anonymous.StatusCode).Should().Be((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized));
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string? json = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_orders.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _tokens.For("ada"));
        request.Content = json is null ? null : new StringContent(json, new MediaTypeHeaderValue("application/json"));
        return await _http.SendAsync(request);
    }
}
