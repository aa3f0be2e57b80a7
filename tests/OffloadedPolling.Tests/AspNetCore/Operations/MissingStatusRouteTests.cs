using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.AspNetCore.Operations;

/// <summary>A host that must serve status documents but does not map the route. Only a host that accepts fails to start.</summary>
public sealed class MissingStatusRouteTests : IAsyncLifetime
{
    private const string Fix = "Call app.MapOperations(\"/operations\")";

    private readonly SqliteProvider _provider = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Start_AcceptWithoutStatusRoute_ThrowsWithFix()
    {
        await using var app = Build();
        app.MapPost("/parcel", (IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, new Parcel("Ada")));

        var start = () => app.StartAsync();

        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage($"*POST /parcel*{Fix}*");
    }

    [Fact]
    public async Task Start_AcceptWithStatusRoute_AcceptsOperations()
    {
        await using var app = Build();
        app.MapPost("/parcel", (IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, new Parcel("Ada")));
        app.MapGroup("/v1").MapOperations("/operations");

        await app.StartAsync();

        using var http = new HttpClient();
        using var accepted = await http.PostAsJsonAsync(new Uri(new Uri(app.Urls.First()), "/parcel"), "");
        accepted.StatusCode.Should().Be(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Start_WorkerWithHealthEndpoint_Succeeds()
    {
        await using var app = Build();
        app.MapHealthChecks("/health");

        await app.StartAsync();
    }

    [Fact]
    public async Task Start_WorkerWithoutWebServer_Succeeds()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        Add(builder.Services);
        using var host = builder.Build();

        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Accept_UntypedResultWithoutStatusRoute_LogsAndReportsFix()
    {
        await using var app = Build();
        // The result type does not show that the endpoint accepts operations.
        app.MapPost("/parcel", async Task<IResult> (IOffloadedOperations operations) =>
            await OperationResults.AcceptAsync(operations, new Parcel("Ada")));
        await app.StartAsync();
        var health = app.Services.GetRequiredService<HealthCheckService>();
        (await health.CheckHealthAsync()).Status.Should().Be(HealthStatus.Healthy);

        using var http = new HttpClient();
        using var refused = await http.PostAsJsonAsync(new Uri(new Uri(app.Urls.First()), "/parcel"), "");

        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        app.Services.GetRequiredService<RecordingLogger>().Entries
            .Should().Contain(entry => entry.Id == 601 && entry.Text.Contains(Fix, StringComparison.Ordinal));
        var entry = (await health.CheckHealthAsync()).Entries.Single().Value;
        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Contain(Fix);
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<RecordingLogger>();
        builder.Services.AddSingleton<ILoggerProvider>(container => container.GetRequiredService<RecordingLogger>());
        Add(builder.Services);
        builder.Services.AddHealthChecks().AddOffloadedPolling();
        return builder.Build();
    }

    private void Add(IServiceCollection services)
    {
        services.AddSingleton<HandlerScript>();
        var polling = services.AddOffloadedPolling();
        _provider.Choose(polling);
        polling.AddOperation<Parcel>(ConformanceHost.Kind, ParcelJson.Default).AddHandler<Parcel, ParcelHandler>();
    }
}
