using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Diagnostics;

/// <summary>Tests the metrics of a host on SQLite.</summary>
public sealed class OperationMetricsTests : SqliteHostTests
{
    private const string Kind = ConformanceHost.Kind;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly HandlerScript _script = new();

    private readonly List<IDisposable> _collectors = [];

    public override ValueTask DisposeAsync()
    {
        _collectors.ForEach(collector => collector.Dispose());
        return base.DisposeAsync();
    }

    [Fact]
    public async Task Operation_Succeeds_IsCountedOnceAndMeasured()
    {
        var (accepted, ended) = (Counted("operations.accepted"), Counted("operations.ended"));
        var (start, duration, run) =
            (Measured("operation.time_to_start"), Measured("operation.duration"), Measured("operation.run.duration"));

        await SucceedAsync();

        Values(accepted, "offloaded_polling.accept.repeated").Should().Equal((Kind, "1 False"));
        Values(ended, "offloaded_polling.operation.status").Should().Equal((Kind, "1 Succeeded"));
        var (waited, took, ran) = (One(start), One(duration), One(run));
        waited.Value.Should().BeInRange(0.0005, took.Value);
        ran.Value.Should().BeInRange(0, took.Value);
        took.Tags["offloaded_polling.operation.status"].Should().Be("Succeeded");
        ran.Tags["offloaded_polling.operation.status"].Should().Be("Succeeded");
    }

    [Fact]
    public async Task SecondMessage_OperationHasEnded_IsNotCounted()
    {
        var ended = Counted("operations.ended");
        var id = await SucceedAsync();

        await Host.Queue.SendAsync(
            Kind, new OutgoingMessage { Body = """{"To":"Ada"}""", StatusKey = Host.Store.GetStatusKey(id) }, default);
        await Eventually.TrueAsync(
            () => Host.Log.Entries.Any(entry => entry.Id == 416), _timeout, () => "the second message was not received");

        ended.GetMeasurementSnapshot().Should().ContainSingle();
    }

    [Fact]
    public async Task End_WrittenByAnotherHost_IsCountedThere()
    {
        await using var other = await StartAsync(_ => { }, withHandler: false);
        var (here, there) = (Counted("operations.ended"), Counted("operations.ended", other));
        _script.Wait["Ada"] = true;

        await Host.StopAsync();
        var accepted = await other.Operations.AcceptAsync(new Parcel("Ada"));
        await other.Operations.CancelAsync(accepted.Id);

        Values(there, "offloaded_polling.operation.status").Should().Equal((Kind, "1 Canceled"));
        here.GetMeasurementSnapshot().Should().BeEmpty();
    }

    [Theory]
    [InlineData("00:00:00.001", "late")]
    [InlineData("01:00:00", "early")]
    public async Task EstimateError_IsDifferenceFromEstimatedMedian(string median, string direction)
    {
        await using var host = await StartAsync(kind =>
            (kind.ExpectedMedian, kind.ExpectedUpper) = (TimeSpan.Parse(median), 2 * TimeSpan.Parse(median)));
        await Host.StopAsync();
        var (error, duration) = (Measured("estimate.error", host), Measured("operation.duration", host));

        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => error.GetMeasurementSnapshot().Count == 1, _timeout, () => "no error was measured");

        var measured = One(error);
        measured.Tags["offloaded_polling.estimate.direction"].Should().Be(direction);
        measured.Value.Should().BeApproximately(Math.Abs(One(duration).Value - accepted.Estimate!.Median.TotalSeconds), 0.0011);
    }

    [Fact]
    public async Task RenewedUrlAndRepeatedAccept_AreCounted()
    {
        var (accepted, renewed) = (Counted("operations.accepted"), Counted("urls.renewed"));
        _script.Wait["Ada"] = true;
        var keyed = new AcceptOptions { IdempotencyScope = "user ada", IdempotencyKey = "0123456789abcdef" };

        var id = (await Host.Operations.AcceptAsync(new Parcel("Ada"), keyed)).Id;
        await Host.Operations.AcceptAsync(new Parcel("Ada"), keyed);
        await Host.Operations.RenewUrlAsync(id);
        await Host.Operations.RenewUrlAsync("0123456789abcdef0123456789abcdef");

        Values(accepted, "offloaded_polling.accept.repeated").Should().Equal((Kind, "1 False"), (Kind, "1 True"));
        renewed.GetMeasurementSnapshot().Should().ContainSingle();
    }

    [Fact]
    public async Task StatusWrites_AreCountedByState()
    {
        var writes = Counted("status.writes");

        await SucceedAsync();

        Values(writes, "offloaded_polling.operation.status")
            .Should().Equal((Kind, "1 NotStarted"), (Kind, "1 Running"), (Kind, "1 Succeeded"));
        writes.GetMeasurementSnapshot().Should().AllSatisfy(write => write.Tags["offloaded_polling.write.outcome"].Should().Be("written"));
    }

    [Fact]
    public async Task Handlers_Running_AreReportedWithLimit()
    {
        var (running, limit) = (Gauged("worker.handlers"), Gauged("worker.handlers.limit"));
        await Eventually.TrueAsync(() => Observe(limit) == 3, _timeout, () => "the worker did not start");
        Observe(running).Should().Be(0);
        _script.Wait["Ada"] = true;
        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting == 1, _timeout, () => "the handler did not start");

        (Observe(running), Observe(limit)).Should().Be(((int?)1, (int?)3));

        await Host.Operations.CancelAsync(first.Id);
        await Eventually.TrueAsync(() => Observe(running) == 0, _timeout, () => "the handler is still running");
        await Host.StopAsync();
        Observe(limit).Should().BeNull();
    }

    [Fact]
    public async Task QueueDepth_AfterAccept_IsReported()
    {
        var depth = Gauged("queue.depth");
        Observe(depth).Should().BeNull();
        _script.Wait["Ada"] = true;
        await Host.Operations.AcceptAsync(new Parcel("Ada"));

        depth.RecordObservableInstruments();

        depth.GetMeasurementSnapshot().Select(measured => measured.Tags["offloaded_polling.message.state"]).Order()
            .Should().Equal("in_flight", "waiting");
    }

    [Fact]
    public void Instruments_HaveUnitAndDescription()
    {
        var found = Instruments.Of(Host.Services.GetRequiredService<IMeterFactory>());

        found.Should().HaveCount(11);
        found.Should().AllSatisfy(instrument =>
            (string.IsNullOrEmpty(instrument.Unit) || string.IsNullOrEmpty(instrument.Description)).Should().BeFalse(instrument.Name));
        found.Where(instrument => instrument.Unit == "s").Should().AllSatisfy(instrument =>
            instrument.Should().BeOfType<Histogram<double>>().Which.Advice!.HistogramBucketBoundaries![^1].Should().Be(86400));
    }

    private protected override Task<ConformanceHost> StartAsync() => StartAsync(_ => { });

    private Task<ConformanceHost> StartAsync(Action<OperationOptions> kind, bool withHandler = true) => ConformanceHost.StartAsync(
        Provider,
        options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100),
        settings =>
        {
            (settings.VisibilityTimeout, settings.MaxConcurrency) = (TimeSpan.FromSeconds(1), 3);
            kind(settings);
        },
        builder =>
        {
            builder.Services.AddSingleton(_script);
            if (withHandler)
            {
                builder.AddHandler<Parcel, ParcelHandler>();
            }
        });

    private async Task<string> SucceedAsync()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => Host.Log.Entries.Any(entry => entry.Id == 420), _timeout, () => "the operation did not end");
        await Eventually.TrueAsync(
            async () => (await Host.Operations.GetAsync(accepted.Id))!.State.IsTerminal(), _timeout, () => "the operation did not end");
        return accepted.Id;
    }

    private MetricCollector<long> Counted(string name, ConformanceHost? host = null) => Collected<long>(name, host);

    private MetricCollector<double> Measured(string name, ConformanceHost? host = null) => Collected<double>(name, host);

    private MetricCollector<int> Gauged(string name) => Collected<int>(name, null);

    private MetricCollector<T> Collected<T>(string name, ConformanceHost? host)
        where T : struct
    {
        var collector = new MetricCollector<T>(
            (host ?? Host).Services.GetRequiredService<IMeterFactory>(), OffloadedPollingInstrumentation.MeterName,
            $"offloaded_polling.{name}");
        _collectors.Add(collector);
        return collector;
    }

    private static CollectedMeasurement<double> One(MetricCollector<double> collector) =>
        collector.GetMeasurementSnapshot().Should().ContainSingle().Which;

    private static int? Observe(MetricCollector<int> gauge)
    {
        gauge.Clear();
        gauge.RecordObservableInstruments();
        return gauge.LastMeasurement?.Value;
    }

    private static IEnumerable<(string Kind, string Value)> Values(MetricCollector<long> collector, string tag) =>
        collector.GetMeasurementSnapshot()
            .Select(measured => ((string)measured.Tags["offloaded_polling.operation.kind"]!, $"{measured.Value} {measured.Tags[tag]}"));
}
