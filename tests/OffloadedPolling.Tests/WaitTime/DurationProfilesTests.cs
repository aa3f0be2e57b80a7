using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class DurationProfilesTests : IDisposable
{
    private const string Kind = "parcels";

    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private readonly ModelProfileStore _store = new();

    private readonly RecordingLogger _log = new();

    private readonly DurationProfiles _profiles;

    public DurationProfilesTests() => _profiles = new DurationProfiles(_time, new Logger<DurationProfiles>(new LoggerFactory([_log])), _store);

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task GetAsync_AskedOften_AsksTheStoreEveryThirtySecondsForWhatHasChanged()
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
    public async Task GetAsync_WhereThereIsNone_AsksAgainAfterThirtySeconds()
    {
        Assert.Null(await GetAsync());
        Put(durations: 3);
        Assert.Null(await GetAsync());
        Assert.Single(_store.Requests);

        _time.Advance(_maxAge);
        Assert.Equal(3, (await GetAsync())!.Evidence);
    }

    [Fact]
    public async Task GetAsync_ManyAtOnce_AskOnce()
    {
        _store.Hang = new TaskCompletionSource();
        var readers = Enumerable.Range(0, 20).Select(_ => GetAsync().AsTask()).ToList();
        Put(durations: 3);
        _store.Hang.SetResult();

        Assert.All(await Task.WhenAll(readers), read => Assert.Equal(3, read!.Evidence));
        Assert.Single(_store.Requests);
    }

    [Fact]
    public async Task GetAsync_AStoreThatHangs_AnswersWhatIsKnownWhenThePatienceEnds()
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
    public async Task GetAsync_AStoreThatFails_AnswersWhatIsKnownAndLogs()
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
    public async Task GetAsync_AProfileThatCannotBeRead_CountsAsNoneAndIsLoggedOnce()
    {
        _store.Put(Kind, "garbage"u8.ToArray());

        Assert.Null(await GetAsync());
        _time.Advance(_maxAge);
        Assert.Null(await GetAsync());

        Assert.Single(_log.Entries, entry => entry.Id == 436);
        Assert.Equal(["get", "changed?"], _store.Requests);
    }

    [Fact]
    public async Task Last_NeverAsks()
    {
        Put(durations: 3);
        Assert.Null(_profiles.Last(Kind));
        await GetAsync();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(3, _profiles.Last(Kind)!.Evidence);
        Assert.Single(_store.Requests);
    }

    [Fact]
    public async Task Set_WhatThisProcessWrote_IsKnownAtOnce()
    {
        Assert.Null(await GetAsync());

        _profiles.Set(Kind, new KnownProfile(Profile(durations: 5), "7"));

        Assert.Equal(5, (await GetAsync())!.Evidence);
        Assert.Equal(5, _profiles.Last(Kind)!.Evidence);
        Assert.Single(_store.Requests);
        Assert.Null(_profiles.Last("letters"));
    }

    [Fact]
    public async Task GetAsync_WithoutAStore_IsUnknown()
    {
        var profiles = new DurationProfiles(_time, new Logger<DurationProfiles>(new LoggerFactory([_log])));
        profiles.Set(Kind, new KnownProfile(Profile(durations: 5), "7"));

        Assert.Null(await profiles.GetAsync(Kind, _patience, default));
        Assert.Null(profiles.Last(Kind));
    }

    private ValueTask<DurationProfile?> GetAsync() => _profiles.GetAsync(Kind, _patience, default);

    private DurationProfile Profile(int durations) => DurationProfile.Empty.With(Measured.Of(durations, seconds: 1), "a", 10, _time.GetUtcNow());

    private void Put(int durations) => _store.Put(Kind, DurationProfileJson.Write(Profile(durations)));
}
