using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Sts;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.AspNetCore.Description;

/// <summary>The OpenAPI document of a host, as a client generator reads it.</summary>
public sealed class OpenApiDocumentTests : IAsyncDisposable
{
    private static readonly string[] _states = ["NotStarted", "Running", "Succeeded", "Failed", "Canceled"];

    private readonly SqliteProvider _provider = new();

    private readonly HttpClient _http = new();

    private OpenApiText _document = null!;

    public static TheoryData<string> Hosts() => ["plain", "before AddOpenApi", "twice", "snake case", "OpenAPI 3.0"];

    public async ValueTask DisposeAsync()
    {
        _document?.Dispose();
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Durations_AreNumbersInSeconds(string host)
    {
        await ReadAsync(host);

        AssertSeconds(_document.Member("AcceptedOperation", "retryAfter"));
        AssertSeconds(_document.Member("OperationEstimate", "median"));
        AssertSeconds(_document.Member("OperationEstimate", "upper"));
        var quantiles = _document.Member("OperationEstimate", "quantiles");
        OpenApiText.TypeOf(quantiles).Should().Be("array");
        OpenApiText.TypeOf(quantiles.GetProperty("items")).Should().Be("number");
        (quantiles.GetProperty("minItems").GetInt32(), quantiles.GetProperty("maxItems").GetInt32()).Should().Be((13, 13));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task States_AreStringEnum(string host)
    {
        await ReadAsync(host);

        foreach (var schema in (string[])["AcceptedOperation", "OperationStatus"])
        {
            var state = _document.Resolve(_document.Member(schema, "status"));
            OpenApiText.TypeOf(state).Should().Be("string");
            state.GetProperty("enum").EnumerateArray().Select(value => value.GetString()).Should().Equal(_states);
        }
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Members_MatchWireFormat(string host)
    {
        await ReadAsync(host);

        _document.Types("AcceptedOperation").Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["id"] = "string", ["status"] = "string", ["statusUrl"] = "string uri", ["statusUrlExpiresAt"] = "string date-time",
            ["operationUrl"] = "string uri-reference", ["retryAfter"] = "number double", ["estimate"] = "object",
            ["repeated"] = "boolean",
        });
        _document.Types("OperationStatus").Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["id"] = "string", ["kind"] = "string", ["status"] = "string",
            ["createdAt"] = "string date-time", ["lastUpdatedAt"] = "string date-time", ["expiresAt"] = "string date-time",
            ["attempt"] = "integer int32", ["percentComplete"] = "integer int32", ["message"] = "string", ["estimate"] = "object",
            ["resourceLocation"] = "string uri-reference", ["result"] = "any", ["error"] = "object",
        });
        _document.Types("OperationProblem").Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["type"] = "string uri-reference", ["title"] = "string", ["status"] = "integer int32", ["detail"] = "string",
            ["instance"] = "string uri-reference",
        });
        _document.Types("AcceptedOperation").Keys
            .Should().BeEquivalentTo(OperationJson.Accepted.Properties.Select(property => property.Name));
        _document.Types("OperationStatus").Keys.Should().BeEquivalentTo(OperationJson.Status.Properties.Select(property => property.Name));
        _document.Required("AcceptedOperation").Should().BeEquivalentTo("id", "status", "statusUrl", "statusUrlExpiresAt", "retryAfter");
        _document.Required("OperationStatus").Should().BeEquivalentTo("id", "kind", "status", "createdAt", "lastUpdatedAt", "expiresAt");
        _document.Required("OperationEstimate").Should().BeEquivalentTo("median", "upper");
        _document.Required("OperationProblem").Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task References_AllResolve(string host)
    {
        await ReadAsync(host);

        var references = OpenApiText.AllWith("$ref", _document.Root).ToList();
        references.Should().NotBeEmpty();
        references.Should().OnlyContain(reference => _document.Resolve(reference).ValueKind == JsonValueKind.Object);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task SchemasAndMembers_HavePlainDescriptions(string host)
    {
        await ReadAsync(host);

        foreach (var name in (string[])["AcceptedOperation", "OperationStatus", "OperationEstimate", "OperationProblem", "OperationState"])
        {
            AssertPlain(name, _document.Schema(name));
            foreach (var member in _document.Properties(name))
            {
                // OpenAPI 3.0 does not allow a description next to a reference.
                if (host != "OpenAPI 3.0" || !member.Value.TryGetProperty("$ref", out _))
                {
                    AssertPlain($"{name}.{member.Name}", member.Value);
                }
            }
        }
    }

    [Fact]
    public async Task Descriptions_SharedSchema_DifferPerMember()
    {
        await ReadAsync("plain");

        var inAccepted = _document.Member("AcceptedOperation", "estimate").GetProperty("description").GetString();
        var inStatus = _document.Member("OperationStatus", "estimate").GetProperty("description").GetString();

        inStatus.Should().Contain("lastUpdatedAt").And.NotBe(inAccepted);
        _document.Schema("OperationEstimate").GetProperty("description").GetString().Should().NotBe(inAccepted).And.NotBe(inStatus);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task ResponseHeaders_AreDescribed(string host)
    {
        await ReadAsync(host);

        var accepted = _document.Response("/parcels", "post", "202").GetProperty("headers");
        OpenApiText.TypeOf(accepted.GetProperty("Location").GetProperty("schema")).Should().Be("string");
        OpenApiText.TypeOf(accepted.GetProperty("Operation-Location").GetProperty("schema")).Should().Be("string");
        OpenApiText.TypeOf(accepted.GetProperty("Retry-After").GetProperty("schema")).Should().Be("integer");
        var unavailable = _document.Response("/parcels", "post", "503").GetProperty("headers");
        OpenApiText.TypeOf(unavailable.GetProperty("Retry-After").GetProperty("schema")).Should().Be("integer");
        var notModified = _document.Response("/operations/{id}/status", "get", "304").GetProperty("headers");
        OpenApiText.TypeOf(notModified.GetProperty("ETag").GetProperty("schema")).Should().Be("string");
        var all = OpenApiText.AllWith("headers", _document.Root).Select(response => response.GetProperty("headers"));
        foreach (var header in all.SelectMany(headers => headers.EnumerateObject()))
        {
            AssertPlain(header.Name, header.Value);
        }
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Responses_AreDescribed(string host)
    {
        await ReadAsync(host);

        foreach (var path in _document.Root.GetProperty("paths").EnumerateObject())
        {
            var operations = path.Value.EnumerateObject().Select(operation => operation.Value);
            foreach (var response in operations.SelectMany(operation => operation.GetProperty("responses").EnumerateObject()))
            {
                AssertPlain($"{path.Name} {response.Name}", response.Value);
            }
        }
    }

    [Fact]
    public async Task HostDescription_IsKept()
    {
        await ReadAsync("own description");

        _document.Response("/parcels", "post", "400").GetProperty("description").GetString().Should().Be("No such address");
    }

    [Fact]
    public async Task Credentials_AreDescribed()
    {
        await ReadAsync("credentials");

        _document.Types("StatusCredentials").Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["id"] = "string", ["statusKey"] = "string", ["bucket"] = "string", ["region"] = "string", ["endpoint"] = "string uri",
            ["forcePathStyle"] = "boolean", ["accessKeyId"] = "string", ["secretAccessKey"] = "string", ["sessionToken"] = "string",
            ["expiresAt"] = "string date-time",
        });
        AssertPlain("StatusCredentials", _document.Schema("StatusCredentials"));
        foreach (var member in _document.Properties("StatusCredentials"))
        {
            AssertPlain(member.Name, member.Value);
        }
    }

    [Fact]
    public async Task HostTypes_AreUnchanged()
    {
        await ReadAsync("plain");

        _document.Types("Parcel").Should().BeEquivalentTo(new Dictionary<string, string> { ["to"] = "string", ["content"] = "string" });
    }

    private static void AssertPlain(string what, JsonElement described)
    {
        var text = described.GetProperty("description").GetString()!;
        text.Should().MatchRegex("^[A-Z].*\\.$", what);
        foreach (var foreign in (string[])["<", "string ", "In JSON", "AcceptedOperation", "OperationStatus", "TimeSpan", "QuantileLevels"])
        {
            text.Should().NotContain(foreign, what);
        }
    }

    private static void AssertSeconds(JsonElement schema)
    {
        OpenApiText.TypeOf(schema).Should().Be("number");
        schema.TryGetProperty("pattern", out _).Should().BeFalse();
        schema.GetProperty("minimum").GetDouble().Should().Be(0);
        schema.GetProperty("description").GetString().Should().Contain("seconds");
    }

    private async Task ReadAsync(string host)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        RecordingLogger.Watch(builder.Logging.ClearProviders());
        var services = builder.Services;
        _provider.Choose(services.AddOffloadedPolling().AddOperation<Parcel>("parcels", ParcelJson.Default));
        AddOpenApi(services, host);

        await using var app = builder.Build();
        app.MapPost("/parcels", (Parcel parcel, IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, parcel));
        app.MapOperations("/operations");
        app.MapOpenApi();
        await app.StartAsync();
        _document = new OpenApiText(await _http.GetStringAsync(new Uri(app.Urls.First() + "/openapi/v1.json")));
    }

    private static void AddOpenApi(IServiceCollection services, string host)
    {
        switch (host)
        {
            case "before AddOpenApi":
                services.AddOffloadedPollingOpenApi();
                services.AddOpenApi();
                break;
            case "own description":
                services.AddOpenApi(options => options.AddOperationTransformer((operation, _, _) =>
                {
                    _ = operation.Responses?.TryGetValue("400", out var response) == true ? response.Description = "No such address" : null;
                    return Task.CompletedTask;
                }));
                services.AddOffloadedPollingOpenApi();
                break;
            case "OpenAPI 3.0":
                services.AddOpenApi(options => options.OpenApiVersion = Microsoft.OpenApi.OpenApiSpecVersion.OpenApi3_0);
                services.AddOffloadedPollingOpenApi();
                break;
            default:
                services.AddOpenApi();
                services.AddOffloadedPollingOpenApi();
                break;
        }

        if (host == "twice")
        {
            services.AddOffloadedPollingOpenApi();
        }

        if (host == "snake case")
        {
            services.ConfigureHttpJsonOptions(json =>
            {
                json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
                json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
            });
        }

        if (host == "credentials")
        {
            services.AddSingleton<IOperationEndpoints, CredentialsEndpoint>();
            services.AddSingleton(Substitute.For<IStatusCredentialsIssuer>());
            services.AddAuthorization();
        }
    }
}
