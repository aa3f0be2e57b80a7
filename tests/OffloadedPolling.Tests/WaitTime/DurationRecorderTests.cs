using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class DurationRecorderTests : IDisposable
{
    private const string Kind = "parcels";

    private static readonly TimeSpan _between = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));

    private readonly ModelProfileStore _store = new();

    private readonly RecordingLogger _log = new();

    private readonly CancellationTokenSource _stop = new();

    private readonly OperationKind<Parcel> _kind;

    private readonly DurationRecorder _recorder;

    private bool _isBusy;

    public DurationRecorderTests()
    {
        _kind = New(Kind, _store);
        _recorder = _kind.Recorder;
        _recorder.Start(10, () => _isBusy, _stop.Token);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Record_FirstDuration_IsWrittenImmediatelyAndKnown()
    {
        Record(1);

        await WrittenAsync(1);
        (_store.Find(Kind)!.Evidence, _store.Find(Kind)!.Slots(_time.GetUtcNow())).Should().Be((1.0, 10));
        var requests = _store.Requests.Count;
        await Eventually.TrueAsync(
            async () => (await _kind.Durations.EstimateAsync(TimeSpan.Zero, default)).Profile?.Evidence == 1, _timeout,
            () => "the profile is not known");
        _store.Requests.Should().HaveCount(requests);
    }

    [Fact]
    public async Task WriteIfDueAsync_NoLoop_WritesAtMostEveryThirtySeconds()
    {
        var recorder = New("letters", _store).Recorder;
        recorder.StartWithoutLoop(7);
        await recorder.WriteIfDueAsync(TestContext.Current.CancellationToken);
        _store.Find("letters").Should().BeNull();

        recorder.Record(TimeSpan.FromSeconds(1));
        _time.Advance(_between * 3);
        _store.Find("letters").Should().BeNull();
        await recorder.WriteIfDueAsync(TestContext.Current.CancellationToken);
        (_store.Find("letters")!.Evidence, _store.Find("letters")!.Slots(_time.GetUtcNow())).Should().Be((1.0, 7));

        recorder.Record(TimeSpan.FromSeconds(1));
        _time.Advance(_between - TimeSpan.FromSeconds(1));
        await recorder.WriteIfDueAsync(TestContext.Current.CancellationToken);
        _store.Find("letters")!.Evidence.Should().Be(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        await recorder.WriteIfDueAsync(TestContext.Current.CancellationToken);
        _store.Find("letters")!.Evidence.Should().BeGreaterThan(1);
    }

    [Fact]
    public async Task Record_ManyDurations_WritesOnceInThirtySeconds()
    {
        var start = _time.GetUtcNow();
        Record(1);
        await WrittenAsync(1);

        await UntilAsync(() =>
        {
            Record(1);
            return _store.Writes == 2;
        });

        (_time.GetUtcNow() - start).Should().BeGreaterThanOrEqualTo(_between).And.BeLessThanOrEqualTo(2 * _between);
        _store.Find(Kind)!.Evidence.Should().BeInRange(25, 1000);
    }

    [Fact]
    public async Task Loop_NothingMeasured_WritesEveryMinuteWhileBusy()
    {
        _time.Advance(10 * _between);
        await UntilAsync(() => _time.GetUtcNow().Minute > 6);
        _store.Requests.Should().BeEmpty();

        _isBusy = true;
        await UntilAsync(() => _store.Writes == 1);
        var first = _time.GetUtcNow();
        await UntilAsync(() => _store.Writes == 2);

        (_time.GetUtcNow() - first).Should().BeGreaterThanOrEqualTo(1.7 * _between).And.BeLessThanOrEqualTo(3 * _between);
        (_store.Find(Kind)!.Evidence, _store.Find(Kind)!.Slots(_time.GetUtcNow())).Should().Be((0.0, 10));
    }

    [Fact]
    public async Task Record_OtherWriterIsFirst_MergesIntoItsProfile()
    {
        var theirs = 0;
        _store.BeforeWrite = () =>
        {
            if (++theirs <= 2)
            {
                _store.Put(Kind, DurationProfileJson.Write(
                    (_store.Find(Kind) ?? DurationProfile.Empty).With(Measured.Of(10, seconds: 1), "other", 4, _time.GetUtcNow())));
            }
        };

        Record(1);
        await UntilAsync(() => _store.Find(Kind)?.Workers.Count == 2);

        _store.Writes.Should().Be(3);
        _store.Find(Kind)!.Slots(_time.GetUtcNow()).Should().Be(14);
        _log.Entries.Should().NotContain(entry => entry.Id == 438);
    }

    [Fact]
    public async Task Record_OtherWritersAreAlwaysFirst_KeepsDurations()
    {
        _store.BeforeWrite = () => _store.Put(Kind, DurationProfileJson.Write(DurationProfile.Empty));
        Record(3);
        await UntilAsync(() => _log.Entries.Any(entry => entry.Id == 438));
        _store.Writes.Should().Be(5);

        _store.BeforeWrite = null;
        Record(1);
        await UntilAsync(() => _store.Find(Kind)!.Evidence > 0);

        _store.Find(Kind)!.Evidence.Should().Be(4);
    }

    [Fact]
    public async Task Record_StoreFails_KeepsDurationsAndLogsOncePerOutage()
    {
        _store.Failure = new OperationStoreException("As told.");
        Record(3);
        await UntilAsync(() => _store.Requests.Count >= 3);
        _log.Entries.Should().ContainSingle(entry => entry.Id == 438).Which.Level.Should().Be(LogLevel.Warning);

        _store.Failure = null;
        await UntilAsync(() => _store.Find(Kind) is not null);
        _store.Find(Kind)!.Evidence.Should().Be(3);

        _store.Failure = new InvalidOperationException("As told.");
        Record(1);
        await UntilAsync(() => _log.Entries.Count(entry => entry.Id == 438) == 2);
    }

    [Fact]
    public async Task Record_StoredProfileIsInvalid_ReplacesIt()
    {
        _store.Put(Kind, "garbage"u8.ToArray());

        Record(2);

        await WrittenAsync(1);
        _store.Find(Kind)!.Evidence.Should().Be(2);
        _log.Entries.Should().ContainSingle(entry => entry.Id == 436);
    }

    [Fact]
    public async Task FlushAsync_AfterStop_WritesRestAndRemovesWorker()
    {
        Record(1);
        await WrittenAsync(1);
        Record(2);
        await _stop.CancelAsync();

        await _recorder.FlushAsync();

        _store.Writes.Should().Be(2);
        _store.Find(Kind)!.Evidence.Should().BeInRange(2.9, 3);
        _store.Find(Kind)!.Slots(_time.GetUtcNow()).Should().Be(0);
    }

    [Fact]
    public async Task FlushAsync_NothingMeasured_WritesNothing()
    {
        await _stop.CancelAsync();

        await _recorder.FlushAsync();

        _store.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FlushAsync_StoreHangs_ReturnsAfterTwoSeconds(bool hangsAlready)
    {
        if (hangsAlready)
        {
            _store.Hang = new TaskCompletionSource();
        }

        Record(1);
        await UntilRequestedAsync();
        _store.Hang ??= new TaskCompletionSource();
        Record(1);
        await _stop.CancelAsync();

        var flushing = _recorder.FlushAsync();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        flushing.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.1));

        await flushing.WaitAsync(_timeout);
    }

    [Fact]
    public async Task Record_NoStore_DoesNothing()
    {
        var recorder = New(Kind, null).Recorder;
        recorder.Start(10, () => true, _stop.Token);
        recorder.Record(TimeSpan.FromSeconds(1));

        await recorder.Awaiting(each => each.WriteIfDueAsync(default)).Should().NotThrowAsync();
        await recorder.Awaiting(each => each.FlushAsync()).Should().NotThrowAsync();
    }

    [Fact]
    public async Task Record_OneKind_LeavesOtherKindUnchanged()
    {
        var letters = New("letters", _store).Recorder;
        letters.Start(4, () => false, _stop.Token);
        letters.Record(TimeSpan.FromSeconds(1));
        await WrittenAsync(1);

        _store.Find("letters")!.Slots(_time.GetUtcNow()).Should().Be(4);
        _store.Find(Kind).Should().BeNull();
    }

    private OperationKind<Parcel> New(string kind, IDurationProfileStore? store)
    {
        var services = TestKinds.Services(_log);
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
        if (store is not null)
        {
            services.AddSingleton(store);
        }

        return TestKinds.Create(kind, services);
    }

    private void Record(int count)
    {
        for (var index = 0; index < count; index++)
        {
            _recorder.Record(TimeSpan.FromSeconds(1));
        }
    }

    private Task UntilRequestedAsync() => Eventually.TrueAsync(() => !_store.Requests.IsEmpty, _timeout, () => "the store has no request");

    private async Task WrittenAsync(int writes)
    {
        await Eventually.TrueAsync(() => _store.Writes >= writes, _timeout, () => $"{_store.Writes} writes");
        _store.Writes.Should().Be(writes);
    }

    /// <summary>Lets time pass in small steps until a condition holds.</summary>
    private Task UntilAsync(Func<bool> condition) => Eventually.TrueAsync(
        () =>
        {
            if (!condition())
            {
                _time.Advance(TimeSpan.FromSeconds(2));
            }

            return condition();
        },
        _timeout,
        () => $"{string.Join(", ", _store.Requests)}");
}
