using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>Any ASP.NET Core application on the server of samples/Orders.Lambda.</summary>
public sealed class GatewayServerTests : IAsyncLifetime
{
    private static readonly Type _server =
        Assembly.LoadFrom(FunctionProcess.Dll).GetType("Orders.Lambda.GatewayServer", throwOnError: true)!;

    private readonly SqliteProvider _provider = new();

    private readonly List<string> _steps = [];

    private Func<Stream, Task<Stream>> _handle = null!;

    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        RecordingLogger.Watch(builder.Logging.ClearProviders());
        builder.Services.AddSingleton(typeof(IServer), _server);
        builder.Services.AddScoped(_ => new Scoped(_steps));
        builder.Services.AddScoped(_ => new ScopedAsync(_steps));
        builder.Services.PostConfigure<SqliteOptions>(sqlite => sqlite.PublicBaseUrl = new Uri("https://api.example.com"));
        _provider.Choose(builder.Services.AddOffloadedPolling().AddOperation<Parcel>("parcels", ParcelJson.Default));
        _app = builder.Build();
        _app.MapPost("/order", (IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, new Parcel("Ada")));
        _app.MapOperations("/operations");
        _app.MapGet("/", (HttpRequest request) => $"page at {request.PathBase}");
        _app.MapGet("/orders.js", (HttpRequest request) => $"script at {request.PathBase}");
        _app.MapGet("/scoped", (Scoped scoped, ScopedAsync scopedAsync, HttpContext context) =>
        {
            context.Response.OnStarting(() => RecordAsync("starting"));
            context.Response.OnCompleted(() => RecordAsync(context.RequestServices is null ? "no services" : "completed"));
            return $"{scoped} {scopedAsync}";
        });
        _app.MapGet("/fails", (Scoped _) =>
        {
            throw new InvalidOperationException("It fails.");
        });
        _app.MapGet("/fails-at-its-end", (Scoped _, HttpContext context) =>
        {
            context.Response.OnCompleted(() => throw new InvalidOperationException("It fails."));
            return "done";
        });
        await _app.StartAsync();
        _handle = _server.GetMethod("HandleAsync")!.CreateDelegate<Func<Stream, Task<Stream>>>(_app.Services.GetRequiredService<IServer>());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("lambda-v2-stage.json", "/prod")]
    [InlineData("lambda-v1-stage.json", "/prod")]
    [InlineData("lambda-v2-base-path.json", "/shop")]
    [InlineData("http-api-v2.json", "")]
    [InlineData("rest-api.json", "/Prod")]
    public async Task Order_AcceptedFromEvent_HasWorkingOperationUrl(string file, string prefix)
    {
        var posted = GatewayEvents.Recorded(file);

        var accepted = JsonSerializer.Deserialize((await AskAsync(posted)).Body, OperationJson.Accepted)!;

        accepted.OperationUrl.Should().Be($"{prefix}/operations/{accepted.Id}");
        (await AskAsync(posted, "GET", prefix, $"/operations/{accepted.Id}/url")).StatusCode.Should().Be(200);
        (await AskAsync(posted, "POST", prefix, $"/operations/{accepted.Id}/cancel")).StatusCode.Should().Be(202);
        (await AskAsync(posted, "GET", prefix, "/")).Body.Should().Be($"page at {prefix}");
        (await AskAsync(posted, "GET", prefix, "/orders.js")).Body.Should().Be($"script at {prefix}");
        (await AskAsync(posted, "GET", prefix, "/nothing")).StatusCode.Should().Be(404);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/shop/")]
    [InlineData("/shop/v1/")]
    public async Task CustomDomain_AnyBasePath_ServesPageAndApi(string root)
    {
        var posted = GatewayEvents.Recorded("lambda-v2-base-path.json");

        (await AskAsync(posted, "GET", "", root)).Body.Should().Be($"page at {root.TrimEnd('/')}");
        var accepted = await AskAsync(posted, "POST", "", $"{root}order");

        JsonSerializer.Deserialize(accepted.Body, OperationJson.Accepted)!.OperationUrl.Should().StartWith($"{root}operations/");
    }

    [Theory]
    [InlineData("abc123.execute-api.eu-west-1.amazonaws.com")]
    [InlineData("abc123.lambda-url.eu-west-1.on.aws")]
    [InlineData(null)]
    public async Task UnknownPath_OnDomainWithoutBasePath_Returns404(string? domain)
    {
        var posted = GatewayEvents.Recorded("lambda-v2-base-path.json");
        posted["requestContext"]!["domainName"] = domain;

        (await AskAsync(posted)).StatusCode.Should().Be(404);
    }

    // The HTTP API's own payload version 1.0 has the stage in both paths.
    [Fact]
    public async Task HttpApiVersion1_WithStage_OperationUrlIncludesStage()
    {
        var posted = GatewayEvents.Recorded("lambda-v1-stage.json");
        posted["version"] = "1.0";
        posted["path"] = "/prod/order";

        var accepted = JsonSerializer.Deserialize((await AskAsync(posted)).Body, OperationJson.Accepted)!;

        accepted.OperationUrl.Should().Be($"/prod/operations/{accepted.Id}");
    }

    // A REST API includes a custom domain's base path in both paths, and its stage in neither.
    [Fact]
    public async Task RestApi_WithBasePath_OperationUrlIncludesBasePath()
    {
        var posted = GatewayEvents.Recorded("lambda-v1-stage.json");
        posted["path"] = "/shop/order";
        posted["requestContext"]!["path"] = "/shop/order";
        posted["requestContext"]!["domainName"] = "api.example.com";

        var accepted = JsonSerializer.Deserialize((await AskAsync(posted)).Body, OperationJson.Accepted)!;

        accepted.OperationUrl.Should().Be($"/shop/operations/{accepted.Id}");
    }

    [Fact]
    public async Task RequestScope_IsDisposedWithResponse()
    {
        for (var request = 0; request < 3; request++)
        {
            (await AskAsync(GatewayEvents.Recorded("http-api-v2.json"), "GET", "", "/scoped")).StatusCode.Should().Be(200);
        }

        string[] one = ["starting", "completed", "disposed async", "disposed"];
        _steps.Should().Equal([.. one, .. one, .. one]);
    }

    [Fact]
    public async Task Request_Throws_DisposesScope()
    {
        var request = () => AskAsync(GatewayEvents.Recorded("http-api-v2.json"), "GET", "", "/fails");

        await request.Should().ThrowAsync<InvalidOperationException>();
        _steps.Should().Equal("disposed");
    }

    [Fact]
    public async Task OnCompleted_Throws_KeepsResponseAndDisposesScope()
    {
        var answer = await AskAsync(GatewayEvents.Recorded("http-api-v2.json"), "GET", "", "/fails-at-its-end");

        (answer.StatusCode, answer.Body).Should().Be((200, "done"));
        _steps.Should().Equal("disposed");
    }

    private Task RecordAsync(string step)
    {
        _steps.Add(step);
        return Task.CompletedTask;
    }

    private async Task<GatewayReply> AskAsync(JsonNode received)
    {
        using var input = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(received));
        using var reader = new StreamReader(await _handle(input));
        return GatewayEvents.Read(await reader.ReadToEndAsync());
    }

    /// <summary>Sends a request like that of the recorded event, to another path behind the same prefix.</summary>
    private Task<GatewayReply> AskAsync(JsonNode recorded, string method, string prefix, string path)
    {
        var received = recorded.DeepClone();
        received["body"] = null;
        var context = received["requestContext"]!;
        if ((string?)received["version"] == "2.0")
        {
            received["rawPath"] = prefix + path;
            context["http"]!["path"] = prefix + path;
            context["http"]!["method"] = method;
        }
        else
        {
            received["path"] = path;
            received["httpMethod"] = method;
            context["path"] = prefix + path;
        }

        return AskAsync(received);
    }

    private sealed class Scoped(List<string> steps) : IDisposable
    {
        public void Dispose() => steps.Add("disposed");
    }

    private sealed class ScopedAsync(List<string> steps) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            steps.Add("disposed async");
            return ValueTask.CompletedTask;
        }
    }
}
