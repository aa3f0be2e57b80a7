using OffloadedPolling;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Orders;

/// <summary>
/// Exports traces, metrics and logs over OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Otherwise nothing is loaded. OpenTelemetry's
/// other variables also work: <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>OTEL_SERVICE_NAME</c>, <c>OTEL_TRACES_SAMPLER</c>.
/// </summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds telemetry.</summary>
    /// <param name="builder">The application's builder.</param>
    /// <param name="role">
    /// The role of this process. It determines the default service name: <c>orders-api</c> or <c>orders-worker</c>.
    /// </param>
    public static void AddTelemetry(this WebApplicationBuilder builder, Role role)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            Add(builder.Services, ServiceName(role));
        }
    }

    private static string ServiceName(Role role) => role switch
    {
        Role.Api => "orders-api",
        Role.Worker => "orders-worker",
        _ => "orders",
    };

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

    // Excludes frequent health requests, and polls of status URLs, which S3 would answer.
    private static bool IsWorthASpan(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Query.ContainsKey("signature");

    // Excludes a worker's continuous requests for messages, which are not part of a trace.
    private static bool BelongsToATrace() => Activity.Current is { } request && request.ParentSpanId != default;
}
