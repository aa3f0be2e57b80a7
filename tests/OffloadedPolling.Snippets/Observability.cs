using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OpenTelemetry;

namespace Snippets;

internal static class Observability
{
    public static void Export(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry()
            .WithTracing(traces => traces.AddSource(OffloadedPollingInstrumentation.ActivitySourceName))
            .WithMetrics(metrics => metrics.AddMeter(OffloadedPollingInstrumentation.MeterName))
            .UseOtlpExporter();
    }

    public static void CheckHealth(WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddOffloadedPolling();
        var app = builder.Build();
        app.MapHealthChecks("/health");
    }
}
