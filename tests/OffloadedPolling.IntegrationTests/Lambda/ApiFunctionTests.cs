using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>The API as a function returns the same responses as the API in a container.</summary>
public sealed partial class ApiFunctionTests : IAsyncLifetime
{
    private const string Order = """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""";

    // Headers that the transport adds.
    private static readonly string[] _transport = ["Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length"];

    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });

    private LambdaSettings _settings = null!;

    private FunctionProcess _function = null!;

    private OrdersProcess _orders = null!;

    public async ValueTask InitializeAsync()
    {
        _settings = await LambdaSettings.CreateAsync();
        _function = await FunctionProcess.StartAsync("Orders.Lambda::Orders.Lambda.ApiFunction::HandleAsync", _settings.All());
        _orders = await OrdersProcess.StartAsync(new Dictionary<string, string>(_settings.All()) { ["Orders__Role"] = "Api" });
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _function.DisposeAsync();
        await _orders.DisposeAsync();
    }

    public static TheoryData<string, string, string?, string> Requests() => new()
    {
        { "POST", "/order", Order, "application/json" },
        { "POST", "/order?from=page&tag=a%20b", Order, "application/json" },
        { "POST", "/order", """{"customer":"","items":[]}""", "application/json" },
        { "POST", "/order", "{", "application/json" },
        { "POST", "/order", Order, "text/plain" },
        { "POST", "/order", null, "application/json" },
        { "POST", "/order", $$"""{"customer":"Ada","items":[{"sku":"{{new string('x', 100)}}","quantity":0}]}""", "application/json" },
        { "DELETE", "/order", null, "" },
        { "GET", "/order/0123456789abcdef0123456789abcdef", null, "" },
        { "GET", "/order/a%2Fb", null, "" },
        { "GET", "/operations/0123456789abcdef0123456789abcdef/url", null, "" },
        { "GET", "/operations/0123456789abcdef0123456789abcdef", null, "" },
        { "POST", "/operations/0123456789abcdef0123456789abcdef/cancel", null, "" },
        { "GET", "/operations/{id}/url", null, "" },
        { "GET", "/operations/{id}", null, "" },
        { "POST", "/operations/{id}/cancel", null, "" },
        { "GET", "/", null, "" },
        { "GET", "/poll.js", null, "" },
        { "GET", "/nothing", null, "" },
        { "GET", "/health", null, "" },
        { "GET", "/polls", null, "" },
        { "GET", "/openapi/v1.json", null, "" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_ReturnsSameResponseAsContainer(string method, string path, string? body, string contentType)
    {
        // Each row has its own operation. The first cancel returns the same response as later ones.
        path = path.Replace("{id}", await PlaceAsync(), StringComparison.Ordinal);
        var container = await AskContainerAsync(method, path, body, contentType);
        (string, string)[] headers = contentType.Length == 0 ? [] : [("Content-Type", contentType)];
        var version2 = await AskFunctionAsync(GatewayEvents.Version2(method, path, body, headers));
        var version1 = await AskFunctionAsync(GatewayEvents.Version1(method, path.Split('?')[0], body, headers));

        AssertSame(container, version2);
        AssertSame(container, version1);
    }

    [Fact]
    public async Task Order_AcceptedRenewedAndCanceled_Succeeds()
    {
        var accepted = await AskFunctionAsync(GatewayEvents.Version2("POST", "/order", Order));

        accepted.StatusCode.Should().Be(202);
        var body = JsonSerializer.Deserialize(accepted.Body, OperationJson.Accepted)!;
        accepted.Headers["Location"].Should().Be(body.StatusUrl);
        accepted.Headers["Operation-Location"].Should().Be(body.StatusUrl);
        using var caller = new Caller();
        (await caller.PollAsync(body.StatusUrl)).State.Should().Be(OperationState.NotStarted);

        var renewed = await AskFunctionAsync(GatewayEvents.Version1("GET", $"/operations/{body.Id}/url"));
        (await caller.PollAsync(JsonSerializer.Deserialize(renewed.Body, OperationJson.Accepted)!.StatusUrl)).State
            .Should().Be(OperationState.NotStarted);
        var redirected = await AskFunctionAsync(GatewayEvents.Version2("GET", $"/operations/{body.Id}"));
        redirected.StatusCode.Should().Be(303);
        (await caller.PollAsync(redirected.Headers["Location"])).State.Should().Be(OperationState.NotStarted);

        (await AskFunctionAsync(GatewayEvents.Version2("POST", $"/operations/{body.Id}/cancel"))).StatusCode.Should().Be(202);
        (await caller.PollAsync(body.StatusUrl)).State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task IdempotencyKey_Reused_ReturnsSameOrderOr422()
    {
        (string, string)[] key = [("Idempotency-Key", Guid.NewGuid().ToString())];
        var first = await AskFunctionAsync(GatewayEvents.Version2("POST", "/order", Order, key));
        var again = await AskFunctionAsync(GatewayEvents.Version1("POST", "/order", Order, key));
        var another = await AskFunctionAsync(
            GatewayEvents.Version2("POST", "/order", Order.Replace("Ada", "Bob", StringComparison.Ordinal), key));

        IdOf(again).Should().Be(IdOf(first));
        another.StatusCode.Should().Be(422);
    }

    [Fact]
    public async Task Body_MarkedAsBase64_IsDecodedOrReturns400()
    {
        var encoded = JsonNode.Parse(GatewayEvents.Version2("POST", "/order", Convert.ToBase64String(Encoding.UTF8.GetBytes(Order))))!;
        encoded["isBase64Encoded"] = true;
        (await AskFunctionAsync(encoded.ToJsonString())).StatusCode.Should().Be(202);

        encoded["body"] = "no Base64 at all!";
        var refused = await AskFunctionAsync(encoded.ToJsonString());
        (refused.StatusCode, refused.Headers["Content-Type"]).Should().Be((400, "application/problem+json"));
        refused.Body.Should().Contain("Base64");
        await Eventually.TrueAsync(
            () => _function.Output.Contains("marked as Base64", StringComparison.Ordinal), TimeSpan.FromSeconds(30),
            () => $"not logged:\n{_function.Output}");
    }

    [Theory]
    [InlineData("""{"Records":[{"messageId":"m1","eventSource":"aws:sqs"}]}""", "Records")]
    [InlineData("""{"version":"2.0","rawPath":"/order"}""", "version, rawPath")]
    [InlineData("""{"version":"3.0","requestContext":{}}""", "version, requestContext")]
    [InlineData("[]", "Array")]
    [InlineData("no JSON", "not JSON")]
    public async Task Event_IsNotARequest_FailsAndNextIsServed(string json, string expected)
    {
        var (failed, error) = await _function.InvokeAsync(json);

        failed.Should().BeTrue();
        error.Should().Contain("not an event from API Gateway");
        error.Should().Contain(expected);
        (await AskFunctionAsync(GatewayEvents.Version2("POST", "/order", Order))).StatusCode.Should().Be(202);
    }

    [Theory]
    [InlineData("lambda-v2-stage.json", "/prod")]
    [InlineData("lambda-v1-stage.json", "/prod")]
    [InlineData("lambda-v2-base-path.json", "/shop")]
    [InlineData("http-api-v2.json", "")]
    public async Task Urls_StageOrBasePath_IncludePrefix(string file, string prefix)
    {
        var answer = await AskFunctionAsync(GatewayEvents.Recorded(file).ToJsonString());
        var accepted = JsonSerializer.Deserialize(answer.Body, OperationJson.Accepted)!;

        accepted.OperationUrl.Should().Be($"{prefix}/operations/{accepted.Id}");
        using var caller = new Caller();
        (await caller.PollAsync(accepted.StatusUrl)).ResourceLocation.Should().Be($"{prefix}/order/{accepted.Id}");
    }

    [Theory]
    [InlineData("/prod")]
    [InlineData("/prod/")]
    public async Task Get_StageRoot_ReturnsPage(string path)
    {
        var json = GatewayEvents.Recorded("lambda-v2-stage.json");
        json["rawPath"] = path;
        json["requestContext"]!["http"]!["method"] = "GET";
        json["body"] = null;

        (await AskFunctionAsync(json.ToJsonString())).Body.Should().Contain("orders.js");
    }

    private async Task<string> PlaceAsync()
    {
        using var caller = new Caller();
        return (await caller.PlaceAsync(_orders.Address)).Id;
    }

    private async Task<GatewayReply> AskFunctionAsync(string json)
    {
        var (failed, answer) = await _function.InvokeAsync(json);
        failed.Should().BeFalse(answer);
        return GatewayEvents.Read(answer);
    }

    private async Task<GatewayReply> AskContainerAsync(string method, string path, string? body, string contentType)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_orders.Address, path));
        if (body is not null || contentType.Length > 0)
        {
            request.Content = new StringContent(body ?? "");
            request.Content.Headers.ContentType = contentType.Length > 0 ? new(contentType) : null;
        }

        using var response = await _http.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new GatewayReply((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }

    private void AssertSame(GatewayReply container, GatewayReply function)
    {
        function.StatusCode.Should().Be(container.StatusCode);
        Plain(function.Body).Should().Be(Plain(container.Body));
        Headers(function).Should().Equal(Headers(container));
    }

    private List<string> Headers(GatewayReply reply) =>
    [
        .. reply.Headers.Where(header => !_transport.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .Select(header => $"{header.Key}: {PlainHeader(header.Key, header.Value)}")
            .Order(),
    ];

    // Retry-After comes from the estimate, which depends on the queue depth.
    private string PlainHeader(string name, string value) =>
        name == "Retry-After" ? "~" : Plain(value).Replace("; ", ";", StringComparison.Ordinal);

    // IDs, times, signatures and the host's address differ between responses.
    private string Plain(string text) =>
        Differing().Replace(text.Replace(_orders.Address.Authority, "HOST", StringComparison.Ordinal)
            .Replace("a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "HOST", StringComparison.Ordinal)
            .Replace("f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com", "HOST", StringComparison.Ordinal)
            .Replace("http://HOST", "https://HOST", StringComparison.Ordinal), "~");

    private static string IdOf(GatewayReply accepted) => JsonSerializer.Deserialize(accepted.Body, OperationJson.Accepted)!.Id;

    [GeneratedRegex("""[0-9a-f]{32}|X-Amz-(Signature|Date|Expires)=[0-9A-Za-z]+|\d{4}-\d\d-\d\dT[0-9:.]+Z|"traceId":"[^"]+"|"""
        + """(?<="(median|upper|retryAfter)":)[0-9.]+|(?<="quantiles":)\[[^\]]*\]""")]
    private static partial Regex Differing();
}
