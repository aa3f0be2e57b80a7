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
    public async Task EstimateAsync_AskedOften_AsksTheStoreEveryThirtySecondsForWhatHasChanged()
    {
        Put(durations: 3);

        Assert.Equal(3, (await GetAsync())!.Evidence);
        Assert.Equal(3, (await GetAsync())!.Evidence);
        Assert.Equal(["get"], _store.Requests);

        _time.Advance(_maxAge);
        Assert.Equal(3, (await GetAsync())!.Evidence);
        Put(durations: 4);
        Assert.Equal(3, (await GetAsync())!.Evidence);
        Assert.Equal(["get", "changed?"], _store.Requests);

        _time.Advance(_maxAge);
        Assert.Equal(4, (await GetAsync())!.Evidence);
        Assert.Equal(["get", "changed?", "changed?"], _store.Requests);
    }

    [Fact]
    public async Task EstimateAsync_WhereThereIsNone_AsksAgainAfterThirtySeconds()
    {
        Assert.Null(await GetAsync());
        Put(durations: 3);
        Assert.Null(await GetAsync());
        Assert.Single(_store.Requests);

        _time.Advance(_maxAge);
        Assert.Equal(3, (await GetAsync())!.Evidence);
    }

    [Fact]
    public async Task EstimateAsync_ManyAtOnce_AskOnce()
    {
        _store.Hang = new TaskCompletionSource();
        var readers = Enumerable.Range(0, 20).Select(_ => GetAsync().AsTask()).ToList();
        Put(durations: 3);
        _store.Hang.SetResult();

        Assert.All(await Task.WhenAll(readers), read => Assert.Equal(3, read!.Evidence));
        Assert.Single(_store.Requests);
    }

    [Fact]
    public async Task EstimateAsync_AStoreThatHangs_AnswersWhatIsKnownWhenThePatienceEnds()
    {
        Put(durations: 3);
        await GetAsync();
        _time.Advance(_maxAge);
        _store.Hang = new TaskCompletionSource();

        var read = GetAsync().AsTask();
        Assert.False(read.IsCompleted);
        _time.Advance(_patience);

        Assert.Equal(3, (await read)!.Evidence);
    }

    [Fact]
    public async Task EstimateAsync_AStoreThatFails_AnswersWhatIsKnownAndLogs()
    {
        Put(durations: 3);
        await GetAsync();
        _time.Advance(_maxAge);
        _store.Failure = new OperationStoreException("As told.");

        Assert.Equal(3, (await GetAsync())!.Evidence);
        Assert.Equal(3, (await GetAsync())!.Evidence);
        Assert.Single(_log.Entries, entry => entry.Id == 437);
        Assert.Equal(2, _store.Requests.Count);
    }

    [Fact]
    public async Task EstimateAsync_AProfileThatCannotBeRead_CountsAsNoneAndIsLoggedOnce()
    {
        _store.Put(Kind, "garbage"u8.ToArray());

        Assert.Null(await GetAsync());
        _time.Advance(_maxAge);
        Assert.Null(await GetAsync());

        Assert.Single(_log.Entries, entry => entry.Id == 436);
        Assert.Equal(["get", "changed?"], _store.Requests);
    }

    [Fact]
    public async Task Set_WhatThisProcessWrote_IsKnownAtOnce()
    {
        Assert.Null(await GetAsync());

        _work.Set(new KnownProfile(Profile(durations: 5), "7"));

        Assert.Equal(5, (await GetAsync())!.Evidence);
        Assert.Single(_store.Requests);
    }

    [Fact]
    public async Task EstimateAsync_TheSameProfileAndSettings_IsTheSameEstimate()
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
    public async Task EstimateAsync_NothingMeasuredOrConfigured_IsUnknown()
    {
        (await EstimateAsync()).Estimate.Should().BeNull();
        (await EstimateAsync()).Profile.Should().BeNull();
    }

    [Fact]
    public async Task EstimateAsync_WithoutAStore_IsThePrior()
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

    private DurationProfile Profile(int durations) => DurationProfile.Empty.With(Measured.Of(durations, seconds: 1), "a", 10, _time.GetUtcNow());

    private void Put(int durations) => _store.Put(Kind, DurationProfileJson.Write(Profile(durations)));
}
