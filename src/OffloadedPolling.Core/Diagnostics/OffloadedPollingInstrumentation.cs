namespace OffloadedPolling;

/// <summary>
/// The names under which the library tells what it does: <c>AddSource(OffloadedPollingInstrumentation.ActivitySourceName)</c> and
/// <c>AddMeter(OffloadedPollingInstrumentation.MeterName)</c>. <c>docs/reference/metrics-and-spans.md</c> lists them.
/// </summary>
public static class OffloadedPollingInstrumentation
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>: <c>OffloadedPolling</c>.</summary>
    public const string ActivitySourceName = "OffloadedPolling";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>: <c>OffloadedPolling</c>.</summary>
    public const string MeterName = "OffloadedPolling";

    internal static string? Version { get; } = typeof(OffloadedPollingInstrumentation).Assembly.GetName().Version?.ToString(3);
}
