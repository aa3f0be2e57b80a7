namespace OffloadedPolling;

/// <summary>
/// The names that enable traces and metrics: <c>AddSource(OffloadedPollingInstrumentation.ActivitySourceName)</c> and
/// <c>AddMeter(OffloadedPollingInstrumentation.MeterName)</c>. For spans and instruments, see <c>docs/reference/metrics-and-spans.md</c>.
/// </summary>
public static class OffloadedPollingInstrumentation
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>: <c>OffloadedPolling</c>.</summary>
    public const string ActivitySourceName = "OffloadedPolling";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>: <c>OffloadedPolling</c>.</summary>
    public const string MeterName = "OffloadedPolling";

    internal static string? Version { get; } = typeof(OffloadedPollingInstrumentation).Assembly.GetName().Version?.ToString(3);
}
