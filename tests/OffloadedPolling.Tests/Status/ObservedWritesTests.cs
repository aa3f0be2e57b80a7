using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Status;
using OffloadedPolling.Tests.Diagnostics;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Status;

/// <summary>The spans and metrics of status writes that fail.</summary>
public sealed class ObservedWritesTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private readonly IOperationStatusStore _store = Substitute.For<IOperationStatusStore>();

    private readonly RecordedActivities _activities = new();

    private readonly Activity _around = new("around");

    private readonly OperationMetrics _metrics;

    private readonly MetricCollector<long> _writes;

    public ObservedWritesTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _metrics = new OperationMetrics(TimeProvider.System, factory);
        _writes = new MetricCollector<long>(factory, OffloadedPollingInstrumentation.MeterName, "offloaded_polling.status.writes");
        _around.Start();
    }

    public static TheoryData<string> Failures => ["conflict", "failed", "canceled"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task UpdateAsync_Fails_RecordsOutcome(string outcome)
    {
        using var cancel = new CancellationTokenSource();
        Exception thrown = outcome switch
        {
            "conflict" => new OperationStatusConflictException("operations/x.json"),
            "failed" => new OperationStoreException("secret text"),
            _ => new OperationCanceledException(cancel.Token),
        };
        if (outcome == "canceled")
        {
            await cancel.CancelAsync();
        }

        var before = new StoredOperation(TestDocuments.Waiting(), OperationMetadata.Empty, "1");
        _store.UpdateAsync(default!, default!, default!, default).ThrowsAsyncForAnyArgs(thrown);

        (await Record.ExceptionAsync(() => new ObservedWrites(_store, _metrics).UpdateAsync(
            before, before.Status with { State = OperationState.Succeeded }, before.Metadata, cancel.Token))).Should().BeSameAs(thrown);

        var write = _activities.One(_around.TraceId, "write status");
        write.GetTagItem("offloaded_polling.write.outcome").Should().Be(outcome);
        (write.Status, write.GetTagItem("error.type")).Should().Be(((ActivityStatusCode Status, object?))(outcome == "failed"
            ? (ActivityStatusCode.Error, typeof(OperationStoreException).FullName)
            : (ActivityStatusCode.Unset, null)));
        write.StatusDescription.Should().BeNull();
        _writes.GetMeasurementSnapshot().Should().ContainSingle().Which.Tags["offloaded_polling.write.outcome"].Should().Be(outcome);
    }

    public void Dispose()
    {
        _around.Dispose();
        _writes.Dispose();
        _metrics.Dispose();
        _activities.Dispose();
        _services.Dispose();
    }
}
