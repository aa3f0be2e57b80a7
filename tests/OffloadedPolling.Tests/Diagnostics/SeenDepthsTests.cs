using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Tests.Diagnostics;

public sealed class SeenDepthsTests : IDisposable
{
    private readonly Meter _meter = new($"depths-{Guid.NewGuid():n}");

    private readonly FakeTimeProvider _time = new();

    private readonly MetricCollector<int> _gauge;

    private readonly SeenDepths _depths;

    public SeenDepthsTests()
    {
        _depths = new SeenDepths(_meter, _time);
        _gauge = new MetricCollector<int>(null, _meter.Name, "offloaded_polling.queue.depth");
    }

    [Fact]
    public void Observe_NothingSeen_Nothing() => Assert.Empty(Observe());

    [Fact]
    public void Observe_SeenWithinAMinute_TheLast()
    {
        _depths.See("parcels", new QueueDepth(9, 9));
        _depths.See("parcels", new QueueDepth(7, 2));
        _depths.See("letters", new QueueDepth(0, 0));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(
            ["letters in_flight 0", "letters waiting 0", "parcels in_flight 2", "parcels waiting 7"], Observe());
    }

    [Fact]
    public void Observe_SeenLongAgo_UnknownAndNotZero()
    {
        _depths.See("parcels", new QueueDepth(7, 2));
        _time.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromMilliseconds(1));

        Assert.Empty(Observe());
    }

    public void Dispose()
    {
        _gauge.Dispose();
        _meter.Dispose();
    }

    private IEnumerable<string> Observe()
    {
        _gauge.RecordObservableInstruments();
        return _gauge.GetMeasurementSnapshot(clear: true)
            .Select(each => $"{each.Tags["offloaded_polling.operation.kind"]} {each.Tags["offloaded_polling.message.state"]} {each.Value}").Order(StringComparer.Ordinal);
    }
}
