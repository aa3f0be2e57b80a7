using System.Net.Http.Json;
using System.Text;
using OffloadedPolling.IntegrationTests.Road;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Diagnostics;

/// <summary>What an API process and a worker process of Orders export over OTLP.</summary>
public sealed class OrdersTelemetryTests : IAsyncLifetime
{
    private readonly string _customer = $"Customer-{Guid.NewGuid():n}";

    private OtlpReceiver _receiver = null!;

    private OrdersSettings _settings = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await OtlpReceiver.StartAsync();
        _settings = await OrdersSettings.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _settings.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task AnOrder_IsOneTraceOverBothProcesses_AndNothingSecretIsExported()
    {
        var accepted = await GoTheRoadAsync();

        var end = Assert.Single(_receiver.Spans, span => span is { Name: "write status" } && Status(span) == "Succeeded");
        Assert.Equal(
            [("orders-worker", "write status"), ("orders-worker", "process orders"), ("orders-api", "send orders"), ("orders-api", "accept orders"), ("orders-api", "POST /order")],
            Upwards(end).Select(span => (span.Service, span.Name.TrimEnd('/'))));
        Assert.All(Upwards(end), span => Assert.Equal(end.TraceId, span.TraceId));
        Assert.Equal(accepted.Id, end.Attributes["offloaded_polling.operation.id"]);
        Assert.Equal("aws_sqs", Assert.Single(_receiver.Spans, span => span.Name == "process orders").Attributes["messaging.system"]);
        Assert.Contains(_receiver.Spans, span => span.Name == "receive orders" && span.TraceId != end.TraceId);

        // Requests that wait for messages would fill the traces.
        Assert.Contains(_receiver.Spans, span => span.Scope == "System.Net.Http" && span.TraceId == end.TraceId);
        Assert.DoesNotContain(_receiver.Spans, span => span is { Scope: "System.Net.Http", ParentId: "" });

        var signature = accepted.StatusUrl[(accepted.StatusUrl.IndexOf("X-Amz-Signature=", StringComparison.Ordinal) + "X-Amz-Signature=".Length)..].Split('&')[0];
        Assert.Equal(64, signature.Length);
        Assert.All(
            [signature, "X-Amz-Credential", TestServers.SecretKey, TestServers.AccessKey, _customer],
            secret => Assert.DoesNotContain(_receiver.Texts, text => text.Contains(secret, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Metrics_ComeFromTheProcessThatMeasured()
    {
        await GoTheRoadAsync();

        Assert.Superset(
            new HashSet<(string, string)>
            {
                ("orders-api", "offloaded_polling.operations.accepted"),
                ("orders-api", "offloaded_polling.status.writes"),
                ("orders-api", "offloaded_polling.urls.renewed"),
                ("orders-api", "offloaded_polling.queue.depth"),
                ("orders-worker", "offloaded_polling.operations.ended"),
                ("orders-worker", "offloaded_polling.operation.time_to_start"),
                ("orders-worker", "offloaded_polling.operation.duration"),
                ("orders-worker", "offloaded_polling.operation.run.duration"),
                ("orders-worker", "offloaded_polling.estimate.error"),
                ("orders-worker", "offloaded_polling.status.writes"),
                ("orders-worker", "offloaded_polling.worker.handlers"),
                ("orders-worker", "offloaded_polling.worker.handlers.limit"),
            },
            _receiver.Metrics.ToHashSet());
        Assert.DoesNotContain(("orders-api", "offloaded_polling.operations.ended"), _receiver.Metrics);
    }

    [Fact]
    public async Task WithoutAnEndpoint_NothingOfOpenTelemetryIsLoaded()
    {
        await using var silent = await OrdersProcess.StartAsync(_settings.For("All"));
        await using var telling = await OrdersProcess.StartAsync(Telling("All"));
        using var caller = new Caller();
        await caller.WaitForTheEndAsync((await caller.PlaceAsync(silent.Address)).StatusUrl);

        Assert.Contains("OffloadedPolling.dll", await silent.LoadedAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", await silent.LoadedAsync(), StringComparison.Ordinal);
        Assert.Contains("OpenTelemetry", await telling.LoadedAsync(), StringComparison.Ordinal);
    }

    private async Task<AcceptedOperation> GoTheRoadAsync()
    {
        await using var api = await OrdersProcess.StartAsync(Telling("Api"));
        await using var worker = await OrdersProcess.StartAsync(Telling("Worker"));
        using var caller = new Caller();
        using var untraced = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var order = new StringContent($$"""{"customer":"{{_customer}}","items":[{"sku":"book","quantity":1}]}""", Encoding.UTF8, "application/json");
        using var response = await untraced.PostAsync(new Uri(api.Address, "/order"), order);
        var accepted = (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
        Assert.Equal(OperationState.Succeeded, (await caller.WaitForTheEndAsync(accepted.StatusUrl)).State);
        await untraced.GetStringAsync(new Uri(api.Address, $"/operations/{accepted.Id}/url"));

        // What is left is exported at a clean stop.
        Assert.Equal((0, 0), (await worker.StopAsync(), await api.StopAsync()));
        await _receiver.HasReceivedAsync("offloaded_polling.operations.ended");
        return accepted;
    }

    private Dictionary<string, string> Telling(string role) => _settings.For(role).Concat(_receiver.Settings).ToDictionary();

    private IEnumerable<ExportedSpan> Upwards(ExportedSpan? span)
    {
        for (; span is not null; span = _receiver.Spans.SingleOrDefault(parent => parent.Id == span.ParentId))
        {
            yield return span;
        }
    }

    private static string? Status(ExportedSpan span) => span.Attributes.GetValueOrDefault("offloaded_polling.operation.status");
}
