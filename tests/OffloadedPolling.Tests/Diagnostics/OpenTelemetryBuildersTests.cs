using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OffloadedPolling.Tests.Diagnostics;

public sealed class OpenTelemetryBuildersTests
{
    [Fact]
    public void AddOffloadedPollingInstrumentation_ToTraces_AddsTheSource()
    {
        var builder = Substitute.For<TracerProviderBuilder>();

        builder.AddOffloadedPollingInstrumentation();

        builder.Received(1).AddSource("OffloadedPolling");
    }

    [Fact]
    public void AddOffloadedPollingInstrumentation_ToMetrics_AddsTheMeter()
    {
        var builder = Substitute.For<MeterProviderBuilder>();

        builder.AddOffloadedPollingInstrumentation();

        builder.Received(1).AddMeter("OffloadedPolling");
    }
}
