using System.Net.Http.Json;
using System.Text;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Diagnostics;

/// <summary>What the API process and the worker process of Orders export over OTLP.</summary>
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
    public async Task Order_IsOneTraceAcrossProcessesWithoutSecrets()
    {
        var accepted = await RunOrderAsync();

        var end = _receiver.Spans.Where(span => span is { Name: "write status" } && Status(span) == "Succeeded")
            .Should().ContainSingle().Which;
        SelfAndAncestors(end).Select(span => (span.Service, span.Name.TrimEnd('/'))).Should().Equal(
            ("orders-worker", "write status"), ("orders-worker", "process orders"), ("orders-api", "send orders"),
            ("orders-api", "accept orders"), ("orders-api", "POST /order"));
        SelfAndAncestors(end).Should().AllSatisfy(span => span.TraceId.Should().Be(end.TraceId));
        end.Attributes["offloaded_polling.operation.id"].Should().Be(accepted.Id);
        _receiver.Spans.Should().ContainSingle(span => span.Name == "process orders").Which.Attributes["messaging.system"]
            .Should().Be("aws_sqs");
        _receiver.Spans.Should().Contain(span => span.Name == "receive orders" && span.TraceId != end.TraceId);

        // The HTTP requests of the receive loop are not exported: they would fill the traces.
        _receiver.Spans.Should().Contain(span => span.Scope == "System.Net.Http" && span.TraceId == end.TraceId);
        _receiver.Spans.Where(span => span is { Scope: "System.Net.Http", ParentId: "" }).Should().BeEmpty();

        var signature = accepted.StatusUrl[(accepted.StatusUrl.IndexOf("X-Amz-Signature=", StringComparison.Ordinal)
            + "X-Amz-Signature=".Length)..].Split('&')[0];
        signature.Length.Should().Be(64);
        new[] { signature, "X-Amz-Credential", TestServers.SecretKey, TestServers.AccessKey, _customer }.Should().AllSatisfy(secret =>
            _receiver.Texts.Should().NotContain(text => text.Contains(secret, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Metrics_AreExportedByMeasuringProcess()
    {
        await RunOrderAsync();

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
        }.Should().BeSubsetOf(_receiver.Metrics.ToHashSet());
        _receiver.Metrics.Should().NotContain(("orders-api", "offloaded_polling.operations.ended"));
    }

    [Fact]
    public async Task OpenTelemetry_NoEndpoint_IsNotLoaded()
    {
        await using var silent = await OrdersProcess.StartAsync(_settings.For("All"));
        await using var exporting = await OrdersProcess.StartAsync(ExportingSettings("All"));
        using var caller = new Caller();
        await caller.WaitForTheEndAsync((await caller.PlaceAsync(silent.Address)).StatusUrl);

        (await silent.LoadedAsync()).Should().Contain("OffloadedPolling.dll");
        (await silent.LoadedAsync()).Should().NotContain("OpenTelemetry");
        (await exporting.LoadedAsync()).Should().Contain("OpenTelemetry");
    }

    private async Task<AcceptedOperation> RunOrderAsync()
    {
        await using var api = await OrdersProcess.StartAsync(ExportingSettings("Api"));
        await using var worker = await OrdersProcess.StartAsync(ExportingSettings("Worker"));
        using var caller = new Caller();
        using var untraced = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var order = new StringContent(
            $$"""{"customer":"{{_customer}}","items":[{"sku":"book","quantity":1}]}""", Encoding.UTF8, "application/json");
        using var response = await untraced.PostAsync(new Uri(api.Address, "/order"), order);
        var accepted = (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
        (await caller.WaitForTheEndAsync(accepted.StatusUrl)).State.Should().Be(OperationState.Succeeded);
        await untraced.GetStringAsync(new Uri(api.Address, $"/operations/{accepted.Id}/url"));

        // A clean stop exports what is left.
        (await worker.StopAsync(), await api.StopAsync()).Should().Be((0, 0));
        await _receiver.HasReceivedAsync("offloaded_polling.operations.ended");
        return accepted;
    }

    private Dictionary<string, string> ExportingSettings(string role) => _settings.For(role).Concat(_receiver.Settings).ToDictionary();

    private IEnumerable<ExportedSpan> SelfAndAncestors(ExportedSpan? span)
    {
        for (; span is not null; span = _receiver.Spans.SingleOrDefault(parent => parent.Id == span.ParentId))
        {
            yield return span;
        }
    }

    private static string? Status(ExportedSpan span) => span.Attributes.GetValueOrDefault("offloaded_polling.operation.status");
}
