using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class WorkDurationsTests : IDisposable
{
    private const string Kind = "parcels";

    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private readonly ModelProfileStore _store = new();

    private readonly RecordingLogger _log = new();

    private readonly OperationOptions _settings = new();

    private readonly WorkDurations _work;

    public WorkDurationsTests() => _work = New(_store);

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task EstimateAsync_CalledOften_RefreshesEveryThirtySeconds()
    {
        Put(durations: 3);

        (await GetAsync())!.Evidence.Should().Be(3);
        (await GetAsync())!.Evidence.Should().Be(3);
        _store.Requests.Should().Equal("get");

        _time.Advance(_maxAge);
        (await GetAsync())!.Evidence.Should().Be(3);
        Put(durations: 4);
        (await GetAsync())!.Evidence.Should().Be(3);
        _store.Requests.Should().Equal("get", "changed?");

        _time.Advance(_maxAge);
        (await GetAsync())!.Evidence.Should().Be(4);
        _store.Requests.Should().Equal("get", "changed?", "changed?");
    }

    [Fact]
    public async Task EstimateAsync_NoProfile_RefreshesAfterThirtySeconds()
    {
        (await GetAsync()).Should().BeNull();
        Put(durations: 3);
        (await GetAsync()).Should().BeNull();
        _store.Requests.Should().ContainSingle();

        _time.Advance(_maxAge);
        (await GetAsync())!.Evidence.Should().Be(3);
    }

    [Fact]
    public async Task EstimateAsync_ConcurrentCalls_ReadStoreOnce()
    {
        _store.Hang = new TaskCompletionSource();
        var readers = Enumerable.Range(0, 20).Select(_ => GetAsync().AsTask()).ToList();
        Put(durations: 3);
        _store.Hang.SetResult();

        (await Task.WhenAll(readers)).Should().AllSatisfy(read => read!.Evidence.Should().Be(3));
        _store.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task EstimateAsync_StoreHangs_ReturnsKnownProfileAfterTimeout()
    {
        Put(durations: 3);
        await GetAsync();
        _time.Advance(_maxAge);
        _store.Hang = new TaskCompletionSource();

        var read = GetAsync().AsTask();
        read.IsCompleted.Should().BeFalse();
        _time.Advance(_patience);

        (await read)!.Evidence.Should().Be(3);
    }

    [Fact]
    public async Task EstimateAsync_StoreFails_ReturnsKnownProfileAndLogs()
    {
        Put(durations: 3);
        await GetAsync();
        _time.Advance(_maxAge);
        _store.Failure = new OperationStoreException("As told.");

        (await GetAsync())!.Evidence.Should().Be(3);
        (await GetAsync())!.Evidence.Should().Be(3);
        _log.Entries.Should().ContainSingle(entry => entry.Id == 437);
        _store.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task EstimateAsync_InvalidProfile_IsIgnoredAndLoggedOnce()
    {
        _store.Put(Kind, "garbage"u8.ToArray());

        (await GetAsync()).Should().BeNull();
        _time.Advance(_maxAge);
        (await GetAsync()).Should().BeNull();

        _log.Entries.Should().ContainSingle(entry => entry.Id == 436);
        _store.Requests.Should().Equal("get", "changed?");
    }

    [Fact]
    public async Task Set_Profile_IsUsedImmediately()
    {
        (await GetAsync()).Should().BeNull();

        _work.Set(new KnownProfile(Profile(durations: 5), "7"));

        (await GetAsync())!.Evidence.Should().Be(5);
        _store.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task EstimateAsync_ProfileAndOptionsUnchanged_ReturnsSameEstimate()
    {
        Put(durations: 3);
        var first = await EstimateAsync();

        (await EstimateAsync()).Should().BeSameAs(first);
        (_settings.ExpectedMedian, _settings.ExpectedUpper) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));
        var configured = await EstimateAsync();

        configured.Estimate!.Median.Should().BeGreaterThan(first.Estimate!.Median);
        _work.Set(new KnownProfile(Profile(durations: 5), "7"));
        (await EstimateAsync()).Should().NotBeSameAs(configured);
    }

    [Fact]
    public async Task EstimateAsync_NothingMeasuredOrConfigured_EstimateIsNull()
    {
        (await EstimateAsync()).Estimate.Should().BeNull();
        (await EstimateAsync()).Profile.Should().BeNull();
    }

    [Fact]
    public async Task EstimateAsync_NoStore_ReturnsConfiguredEstimate()
    {
        (_settings.ExpectedMedian, _settings.ExpectedUpper) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9));
        var work = New(null);

        var known = await work.EstimateAsync(_patience, default);

        known.Profile.Should().BeNull();
        known.Estimate.Should().Be(new OperationEstimate { Median = TimeSpan.FromSeconds(5), Upper = TimeSpan.FromSeconds(9) });
    }

    private WorkDurations New(IDurationProfileStore? store)
    {
        var options = Substitute.For<IOptionsMonitor<OperationOptions>>();
        options.Get(Kind).Returns(_settings);
        return new WorkDurations(Kind, options, _time, new Logger<WorkDurations>(new LoggerFactory([_log])), store);
    }

    private ValueTask<WorkEstimate> EstimateAsync() => _work.EstimateAsync(_patience, default);

    private async ValueTask<DurationProfile?> GetAsync() => (await EstimateAsync()).Profile;

    private DurationProfile Profile(int durations) =>
        DurationProfile.Empty.With(Measured.Of(durations, seconds: 1), "a", 10, _time.GetUtcNow());

    private void Put(int durations) => _store.Put(Kind, DurationProfileJson.Write(Profile(durations)));
}
