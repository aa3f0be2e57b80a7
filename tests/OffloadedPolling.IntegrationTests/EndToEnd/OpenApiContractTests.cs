using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.OpenApi;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Compares the OpenAPI document of a running Orders with its responses.</summary>
public sealed class OpenApiContractTests : IDisposable
{
    private const string Order = """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""";

    private const string UnknownId = "0123456789abcdef0123456789abcdef";

    // Headers that the transport or CORS adds.
    private static readonly string[] _transport =
        [
            "Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Content-Type",
            "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary"];

    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false });

    private readonly Caller _caller = new();

    public void Dispose()
    {
        _http.Dispose();
        _caller.Dispose();
    }

    [Fact]
    public async Task Document_IsValidAndDescribesEveryEndpoint()
    {
        using var files = new SqliteOrdersSettings();
        await using var orders = await OrdersProcess.StartAsync(files.For());

        var read = OpenApiDocument.Parse(await _http.GetStringAsync(new Uri(orders.Address, "/openapi/v1.json")), OpenApiConstants.Json);

        read.Diagnostic!.Errors.Should().BeEmpty();
        read.Diagnostic.Warnings.Should().BeEmpty();
        var operations = read.Document!.Paths.SelectMany(
            path => path.Value.Operations!.Select(operation => (Name: $"{operation.Key} {path.Key}", operation.Value))).ToList();
        operations.Select(operation => operation.Name).Order().Should().Equal(
            "GET /operations/{id}", "GET /operations/{id}/status", "GET /operations/{id}/url", "GET /order/{id}", "GET /polls",
            "POST /operations/{id}/cancel", "POST /order");
        operations.Should().AllSatisfy(operation => string.IsNullOrEmpty(operation.Value.Summary).Should().BeFalse(operation.Name));
        operations.Where(operation => operation.Name.Contains("/operations", StringComparison.Ordinal) || operation.Name == "POST /order")
            .Should().AllSatisfy(operation => operation.Value.Responses!.Should().AllSatisfy(response =>
                string.IsNullOrEmpty(response.Value.Description).Should().BeFalse(operation.Name)));
    }

    [Fact]
    public async Task Responses_OnSqlite_MatchDocument()
    {
        using var files = new SqliteOrdersSettings();
        await using var orders = await OrdersProcess.StartAsync(files.For());
        using var document = JsonDocument.Parse(await _http.GetStringAsync(new Uri(orders.Address, "/openapi/v1.json")));
        var contract = new Contract(document, _http, orders.Address);
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        await contract.CheckAsync(202, "POST", "/order", "/order", Order, key);
        await contract.CheckAsync(422, "POST", "/order", "/order", Order.Replace("Ada", "Bob", StringComparison.Ordinal), key);
        await contract.CheckAsync(400, "POST", "/order", "/order", Order, ("Idempotency-Key", "short"));
        await contract.CheckAsync(400, "POST", "/order", "/order", """{"customer":"Ada","items":[]}""");
        await contract.CheckAsync(403, "POST", "/order", "/order", Order, ("X-Forwarded-For", "203.0.113.7"));

        var ended = await _caller.PlaceAsync(orders.Address);
        var status = await _caller.WaitForTheEndAsync(ended.StatusUrl);
        var etag = await contract.CheckAsync(200, "GET", "/operations/{id}/status", ended.StatusUrl);
        await contract.CheckAsync(304, "GET", "/operations/{id}/status", ended.StatusUrl, null, (
            "If-None-Match", etag.Single(header => header.Name == "ETag").Value));
        await contract.CheckAsync(403, "GET", "/operations/{id}/status", ended.StatusUrl + "0");
        await contract.CheckAsync(200, "GET", "/order/{id}", status.ResourceLocation!);
        await contract.CheckAsync(404, "GET", "/order/{id}", $"/order/{UnknownId}");
        await contract.CheckAsync(200, "GET", "/operations/{id}/url", $"/operations/{ended.Id}/url");
        await contract.CheckAsync(
            403, "GET", "/operations/{id}/url", $"/operations/{ended.Id}/url", null, ("X-Forwarded-For", "203.0.113.7"));
        await contract.CheckAsync(404, "GET", "/operations/{id}/url", $"/operations/{UnknownId}/url");
        await contract.CheckAsync(303, "GET", "/operations/{id}", $"/operations/{ended.Id}");
        await contract.CheckAsync(403, "GET", "/operations/{id}", $"/operations/{ended.Id}", null, ("X-Forwarded-For", "203.0.113.7"));
        await contract.CheckAsync(404, "GET", "/operations/{id}", $"/operations/{UnknownId}");
        await contract.CheckAsync(409, "POST", "/operations/{id}/cancel", $"/operations/{ended.Id}/cancel");
        await contract.CheckAsync(404, "POST", "/operations/{id}/cancel", $"/operations/{UnknownId}/cancel");
        await contract.CheckAsync(200, "GET", "/polls", "/polls");
    }

    [Fact]
    public async Task Responses_OnAws_MatchDocument()
    {
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        using var settings = await OrdersSettings.CreateAsync(s3.Address);
        await using var orders = await OrdersProcess.StartAsync(settings.For("Api"));
        using var document = JsonDocument.Parse(await _http.GetStringAsync(new Uri(orders.Address, "/openapi/v1.json")));
        var contract = new Contract(document, _http, orders.Address);
        var waiting = await _caller.PlaceAsync(orders.Address);

        await contract.CheckAsync(202, "POST", "/operations/{id}/cancel", $"/operations/{waiting.Id}/cancel");
        document.RootElement.GetProperty("paths").TryGetProperty("/operations/{id}/status", out _).Should().BeFalse("S3 serves it");

        using var client = TestServers.NewS3Client();
        await client.PutObjectAsync(new()
        {
            BucketName = settings.Bucket,
            Key = $"operations/{waiting.Id}.json",
            ContentBody = "no status",
            UseChunkEncoding = false,
        });
        await contract.CheckAsync(502, "GET", "/operations/{id}/url", $"/operations/{waiting.Id}/url");
        await contract.CheckAsync(502, "GET", "/operations/{id}", $"/operations/{waiting.Id}");
        await contract.CheckAsync(502, "POST", "/operations/{id}/cancel", $"/operations/{waiting.Id}/cancel");

        s3.Intercept = context => AwsAnswers.XmlErrorAsync(context, "NoSuchBucket", 404);
        await contract.CheckAsync(503, "POST", "/order", "/order", Order);
        await contract.CheckAsync(503, "GET", "/operations/{id}/url", $"/operations/{waiting.Id}/url");
        await contract.CheckAsync(503, "GET", "/operations/{id}", $"/operations/{waiting.Id}");
        await contract.CheckAsync(503, "POST", "/operations/{id}/cancel", $"/operations/{waiting.Id}/cancel");
    }

    [Fact]
    public async Task Responses_OfCredentialsEndpoint_MatchDocument()
    {
        using var settings = await OrdersSettings.CreateAsync();
        var tokens = new BearerTokens();
        var all = tokens.Require(settings.For("Api"));
        all["AWS_ENDPOINT_URL_STS"] = TestServers.S3.ToString();
        all["OffloadedPolling__Sts__RoleArn"] = TestServers.RoleArn;
        await using var orders = await OrdersProcess.StartAsync(all);
        using var document = JsonDocument.Parse(await _http.GetStringAsync(new Uri(orders.Address, "/openapi/v1.json")));
        var contract = new Contract(document, _http, orders.Address);

        await contract.CheckAsync(401, "POST", "/operations/{id}/credentials", $"/operations/{UnknownId}/credentials");
        await contract.CheckAsync(404, "POST", "/operations/{id}/credentials", $"/operations/{UnknownId}/credentials", null, (
            "Authorization", $"Bearer {tokens.For("ada")}"));
    }

    private sealed class Contract(JsonDocument document, HttpClient http, Uri host)
    {
        /// <summary>Sends a request and compares the response with its description. Returns the response's headers.</summary>
        public async Task<IReadOnlyList<(string Name, string Value)>> CheckAsync(
            int status, string method, string described, string path, string? body = null, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host, path));
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var what = $"{method} {path}: {(int)response.StatusCode} {text}";
            status.Should().Be((int)response.StatusCode, what);
            var operation = document.RootElement.GetProperty("paths").GetProperty(described).GetProperty(method.ToLowerInvariant());
            operation.GetProperty("responses").TryGetProperty($"{status}", out var description)
                .Should().BeTrue($"{what}\nis not described");

            var answered = response.Headers.Concat(response.Content.Headers)
                .Select(header => (Name: header.Key, Value: string.Join(", ", header.Value))).ToList();
            var describedHeaders = description.TryGetProperty("headers", out var each)
                ? each.EnumerateObject().Select(header => header.Name).ToList()
                : [];
            describedHeaders.Except(answered.Select(header => header.Name), StringComparer.OrdinalIgnoreCase).Should().BeEmpty();
            // 400 and 401 can also come from ASP.NET Core, with its own headers.
            if (status is not (400 or 401) && described.StartsWith("/operations", StringComparison.Ordinal))
            {
                answered.Select(header => header.Name).Except([.. describedHeaders, .. _transport], StringComparer.OrdinalIgnoreCase)
                    .Should().BeEmpty();
            }

            CheckBody(description, response.Content.Headers.ContentType?.MediaType, text, what);
            return answered;
        }

        private void CheckBody(JsonElement description, string? mediaType, string text, string what)
        {
            if (!description.TryGetProperty("content", out var content))
            {
                text.Length.Should().Be(0, $"{what}\nhas a body that is not described");
                return;
            }

            (mediaType is not null && content.TryGetProperty(mediaType, out _)).Should().BeTrue($"{what}\nis {mediaType}, not {content}");
            using var body = JsonDocument.Parse(text);
            CheckSchema(content.GetProperty(mediaType!).GetProperty("schema"), body.RootElement, what);
        }

        private void CheckSchema(JsonElement schema, JsonElement value, string what)
        {
            if (schema.TryGetProperty("$ref", out var reference))
            {
                var name = reference.GetString()!.Split('/')[^1];
                schema = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty(name);
            }

            CheckType(schema, value, what);
            if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            {
                value.EnumerateArray().ToList().ForEach(item => CheckSchema(items, item, what));
            }

            if (value.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties))
            {
                return;
            }

            foreach (var member in value.EnumerateObject())
            {
                // Problems can have extension members.
                if (properties.TryGetProperty(member.Name, out var described))
                {
                    CheckSchema(described, member.Value, what);
                }
                else
                {
                    properties.TryGetProperty("title", out _).Should().BeTrue($"{what}\nhas '{member.Name}', which is not described");
                }
            }

            var required = schema.TryGetProperty("required", out var names)
                ? names.EnumerateArray().Select(name => name.GetString()!).ToList()
                : [];
            required.TrueForAll(name => value.TryGetProperty(name, out _))
                .Should().BeTrue($"{what}\nlacks one of {string.Join(", ", required)}");
        }

        private static void CheckType(JsonElement schema, JsonElement value, string what)
        {
            if (schema.TryGetProperty("type", out var type))
            {
                IEnumerable<JsonElement> named = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray() : [type];
                var types = named.Select(each => each.GetString()!).ToList();
                types.Should().Contain(each => Is(value, each), $"{value} is in {what}");
            }

            if (schema.TryGetProperty("enum", out var values))
            {
                values.EnumerateArray().Select(each => each.GetString()).Should().Contain(value.GetString(), what);
            }
        }

        private static bool Is(JsonElement value, string type) => (type, value.ValueKind) switch
        {
            ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
            ("number", JsonValueKind.Number) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) => true,
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            _ => false,
        };
    }
}
