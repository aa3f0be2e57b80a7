using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Tests.Diagnostics;

public sealed class KindMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private readonly FakeTimeProvider _time = new();

    private readonly OperationMetrics _metrics;

    private readonly KindMetrics _parcels;

    private readonly KindMetrics _letters;

    public KindMetricsTests()
    {
        _metrics = new OperationMetrics(_time, _services.GetRequiredService<IMeterFactory>());
        (_parcels, _letters) = (new KindMetrics("parcels", _metrics), new KindMetrics("letters", _metrics));
    }

    [Fact]
    public void Depth_NeverRead_IsNotReported() => Observe("queue.depth").Should().BeEmpty();

    [Fact]
    public void Depth_ReadWithinAMinute_ReportsLast()
    {
        _parcels.SawDepth(new QueueDepth(9, 9));
        _parcels.SawDepth(new QueueDepth(7, 2));
        _letters.SawDepth(new QueueDepth(0, 0));
        _time.Advance(TimeSpan.FromMinutes(1));

        Observe("queue.depth").Should().Equal("letters in_flight 0", "letters waiting 0", "parcels in_flight 2", "parcels waiting 7");
    }

    [Fact]
    public void Depth_ReadOverAMinuteAgo_IsNotReported()
    {
        _parcels.SawDepth(new QueueDepth(7, 2));
        _time.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromMilliseconds(1));

        Observe("queue.depth").Should().BeEmpty();
    }

    [Fact]
    public void Handlers_OfWorker_ReportRunningAndLimit()
    {
        Observe("worker.handlers").Concat(Observe("worker.handlers.limit")).Should().BeEmpty("no worker has started");

        _parcels.WorkerStarted(limit: 3);
        Observe("worker.handlers").Should().Equal("parcels  0");
        _parcels.HandlerBegan();
        _parcels.HandlerBegan();
        _parcels.HandlerEnded();

        Observe("worker.handlers").Should().Equal("parcels  1");
        Observe("worker.handlers.limit").Should().Equal("parcels  3");
        _parcels.WorkerStopped();
        Observe("worker.handlers").Should().Equal("parcels  1");
        Observe("worker.handlers.limit").Should().BeEmpty();
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _services.Dispose();
    }

    private IEnumerable<string> Observe(string name)
    {
        using var gauge = new MetricCollector<int>(
            _services.GetRequiredService<IMeterFactory>(), OffloadedPollingInstrumentation.MeterName, $"offloaded_polling.{name}");
        gauge.RecordObservableInstruments();
        return gauge.GetMeasurementSnapshot()
            .Select(each => $"{each.Tags["offloaded_polling.operation.kind"]} "
                + $"{each.Tags.GetValueOrDefault("offloaded_polling.message.state")} {each.Value}")
            .Order(StringComparer.Ordinal);
    }
}
