using OffloadedPolling;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Orders;

/// <summary>
/// Exports traces, metrics and logs over OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says to. Without it nothing of it is loaded. The
/// other variables of OpenTelemetry's hold as well: <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>OTEL_SERVICE_NAME</c>,
/// <c>OTEL_TRACES_SAMPLER</c>.
/// </summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds it.</summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="role">
    /// What this process is for: <c>orders-api</c> or <c>orders-worker</c>, unless <c>OTEL_SERVICE_NAME</c> says otherwise.
    /// </param>
    public static void AddTelemetry(this WebApplicationBuilder builder, Role role)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            Add(builder.Services, role == Role.All ? "orders" : $"orders-{(role == Role.Api ? "api" : "worker")}");
        }
    }

    private static void Add(IServiceCollection services, string name) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService(name).AddEnvironmentVariableDetector())
        .WithTracing(traces => traces
            .AddSource(OffloadedPollingInstrumentation.ActivitySourceName)
            .AddAspNetCoreInstrumentation(requests => requests.Filter = IsWorthASpan)
            .AddHttpClientInstrumentation(requests => requests.FilterHttpRequestMessage = static _ => BelongsToATrace()))
        .WithMetrics(metrics => metrics
            .AddMeter(OffloadedPollingInstrumentation.MeterName)
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation())
        .WithLogging()
        .UseOtlpExporter();

    // Health is asked for all day. A look at a status URL, on SQLite, is S3's elsewhere.
    private static bool IsWorthASpan(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Query.ContainsKey("signature");

    // A worker that waits for messages asks for them all day: those requests belong to no trace.
    private static bool BelongsToATrace() => Activity.Current is { } request && request.ParentSpanId != default;
}
