using OffloadedPolling;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Has OpenTelemetry hear what the library tells.</summary>
public static class OffloadedPollingOpenTelemetryExtensions
{
    /// <summary>Adds the library's spans: the same as <c>AddSource(OffloadedPollingInstrumentation.ActivitySourceName)</c>.</summary>
    /// <param name="builder">The builder of <c>WithTracing</c>.</param>
    /// <returns>The builder.</returns>
    public static TracerProviderBuilder AddOffloadedPollingInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(OffloadedPollingInstrumentation.ActivitySourceName);
    }

    /// <summary>Adds the library's metrics: the same as <c>AddMeter(OffloadedPollingInstrumentation.MeterName)</c>.</summary>
    /// <param name="builder">The builder of <c>WithMetrics</c>.</param>
    /// <returns>The builder.</returns>
    public static MeterProviderBuilder AddOffloadedPollingInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(OffloadedPollingInstrumentation.MeterName);
    }
}
