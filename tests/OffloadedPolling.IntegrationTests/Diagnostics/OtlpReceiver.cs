using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Diagnostics;

/// <summary>Receives what processes export over OTLP/HTTP, and passes it to the secrecy watch.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private static readonly string[] _signals = ["/v1/traces", "/v1/metrics", "/v1/logs"];

    private readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = new();

    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>The settings that make a process export to this receiver at short intervals.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
    };

    public IReadOnlyList<ExportedSpan> Spans => [.. Of("/v1/traces").SelectMany(ExportedSpan.In)];

    /// <summary>The names of the metrics and of the services that exported them.</summary>
    public IReadOnlySet<(string Service, string Metric)> Metrics => new HashSet<(string, string)>(
        from body in Of("/v1/metrics")
        from resourceMetrics in new ProtobufFields(body).Messages(1)
        let service = resourceMetrics.Messages(1).First().Attributes(1).GetValueOrDefault("service.name", "")
        from metric in resourceMetrics.Messages(2, 2)
        select (service, metric.Text(1)));

    /// <summary>All requests, of every signal, as text.</summary>
    public IEnumerable<string> Texts => _requests.Select(request => Encoding.UTF8.GetString(request.Body));

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public IReadOnlyList<byte[]> Of(string path) => [.. _requests.Where(request => request.Path == path).Select(request => request.Body)];

    /// <summary>Waits until every signal has arrived, including a metric of this name.</summary>
    public Task HasReceivedAsync(string metric) => Eventually.TrueAsync(
        () => _signals.All(signal => Of(signal).Count > 0) && Metrics.Any(exported => exported.Metric == metric),
        _timeout,
        () => $"{metric} is not among {string.Join(", ", Metrics)}, or a signal is missing. Received: "
            + $"{string.Join(", ", _requests.Select(request => request.Path).Distinct())}");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _requests.Enqueue((context.Request.Path, body.ToArray()));
        SecrecyWatch.Hear("otlp", context.Request.Path, Encoding.UTF8.GetString(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }
}
