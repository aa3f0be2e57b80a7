namespace OffloadedPolling;

/// <summary>
/// The names to enable traces and metrics by: <c>AddSource(OffloadedPollingInstrumentation.ActivitySourceName)</c> and
/// <c>AddMeter(OffloadedPollingInstrumentation.MeterName)</c>. <c>docs/reference/metrics-and-spans.md</c> lists spans and instruments.
/// </summary>
public static class OffloadedPollingInstrumentation
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>: <c>OffloadedPolling</c>.</summary>
    public const string ActivitySourceName = "OffloadedPolling";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>: <c>OffloadedPolling</c>.</summary>
    public const string MeterName = "OffloadedPolling";

    internal static string? Version { get; } = typeof(OffloadedPollingInstrumentation).Assembly.GetName().Version?.ToString(3);
}
