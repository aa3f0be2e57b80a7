using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests.Sts;

public sealed class CredentialsCacheTests
{
    private readonly FakeTimeProvider _time = new();

    private int _fetches;

    [Theory]
    [InlineData(15, 12)]
    [InlineData(60, 55)]
    public async Task GetAsync_UntilShortlyBeforeExpiry_ReturnsCached(int minutes, int cachedFor)
    {
        var cache = new CredentialsCache(_time, 10);
        var life = TimeSpan.FromMinutes(minutes);

        var first = await GetAsync(cache, life);
        _time.Advance(TimeSpan.FromMinutes(cachedFor) - TimeSpan.FromSeconds(1));
        var kept = await GetAsync(cache, life);
        _time.Advance(TimeSpan.FromSeconds(1));
        var renewed = await GetAsync(cache, life);

        kept.Should().BeSameAs(first);
        renewed.Should().NotBeSameAs(first);
        _fetches.Should().Be(2);
    }

    [Fact]
    public async Task GetAsync_ExpiresBeforeRequestedTime_RefetchesEarlier()
    {
        var cache = new CredentialsCache(_time, 10);

        await GetAsync(cache, TimeSpan.FromHours(1), expiresIn: TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(8));
        await GetAsync(cache, TimeSpan.FromHours(1));

        _fetches.Should().Be(2);
    }

    [Fact]
    public async Task GetAsync_ClockIsHoursAhead_FetchesOnce()
    {
        var cache = new CredentialsCache(_time, 10);

        await GetAsync(cache, TimeSpan.FromMinutes(15), expiresIn: TimeSpan.FromHours(-2));
        _time.Advance(TimeSpan.FromMinutes(11));
        await GetAsync(cache, TimeSpan.FromMinutes(15));

        _fetches.Should().Be(1);
    }

    [Fact]
    public async Task GetAsync_OneOfManyCallsIsCanceled_OthersShareOneFetch()
    {
        var cache = new CredentialsCache(_time, 10);
        var answer = new TaskCompletionSource<TemporaryCredentials>();
        using var cancellation = new CancellationTokenSource();

        var canceled = cache.GetAsync("key", TimeSpan.FromHours(1), null, FetchAsync, cancellation.Token).AsTask();
        var others = Enumerable.Range(0, 20)
            .Select(_ => cache.GetAsync("key", TimeSpan.FromHours(1), null, FetchAsync, default).AsTask()).ToList();
        await cancellation.CancelAsync();
        await FluentActions.Awaiting(() => canceled).Should().ThrowAsync<OperationCanceledException>();
        answer.SetResult(New(TimeSpan.FromHours(1)));

        (await Task.WhenAll(others)).Distinct().Should().ContainSingle();
        _fetches.Should().Be(1);

        Task<TemporaryCredentials> FetchAsync()
        {
            Interlocked.Increment(ref _fetches);
            return answer.Task;
        }
    }

    [Fact]
    public async Task GetAsync_FetchFails_FailsAllWaitersAndIsNotCached()
    {
        var cache = new CredentialsCache(_time, 10);
        var answer = new TaskCompletionSource<TemporaryCredentials>();

        var first = cache.GetAsync("key", TimeSpan.FromHours(1), null, () => answer.Task, default).AsTask();
        var second = cache.GetAsync("key", TimeSpan.FromHours(1), null, () => answer.Task, default).AsTask();
        answer.SetException(new TemporaryCredentialsException("As told."));
        await FluentActions.Awaiting(() => first).Should().ThrowExactlyAsync<TemporaryCredentialsException>();
        await FluentActions.Awaiting(() => second).Should().ThrowExactlyAsync<TemporaryCredentialsException>();

        (await GetAsync(cache, TimeSpan.FromHours(1))).Should().NotBeNull();
    }

    [Fact]
    public async Task GetAsync_CacheIsFull_EvictsLeastRecentlyUsed()
    {
        var cache = new CredentialsCache(_time, 2);
        foreach (var key in (string[])["a", "b", "a", "c"])
        {
            await GetAsync(cache, TimeSpan.FromHours(1), key);
        }

        await GetAsync(cache, TimeSpan.FromHours(1), "a");
        _fetches.Should().Be(3);
        await GetAsync(cache, TimeSpan.FromHours(1), "b");
        _fetches.Should().Be(4);
    }

    [Fact]
    public async Task GetAsync_CredentialsWereRejected_RefetchesOnce()
    {
        var cache = new CredentialsCache(_time, 10);
        var first = await GetAsync(cache, TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(1));

        var second = await GetAsync(cache, TimeSpan.FromHours(1), refused: first.AccessKeyId);
        var third = await GetAsync(cache, TimeSpan.FromHours(1), refused: first.AccessKeyId);

        second.AccessKeyId.Should().Be("AKID2");
        third.Should().BeSameAs(second, "the new credentials were not rejected");
    }

    [Fact]
    public async Task GetAsync_NewCredentialsReportedAsRejected_AreKept()
    {
        var cache = new CredentialsCache(_time, 10);
        var first = await GetAsync(cache, TimeSpan.FromHours(1));

        (await GetAsync(cache, TimeSpan.FromHours(1), refused: first.AccessKeyId)).Should().BeSameAs(first);
    }

    [Fact]
    public async Task GetAsync_AfterMachineWasSuspended_Refetches()
    {
        var cache = new CredentialsCache(_time, 10);
        await GetAsync(cache, TimeSpan.FromHours(1));

        // The wall clock advances, but the timestamp does not.
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromHours(2));
        await GetAsync(cache, TimeSpan.FromHours(1));

        _fetches.Should().Be(2);
    }

    private async Task<TemporaryCredentials> GetAsync(
        CredentialsCache cache, TimeSpan duration, string key = "key", TimeSpan? expiresIn = null, string? refused = null) =>
        await cache.GetAsync(key, duration, refused, () =>
        {
            var number = Interlocked.Increment(ref _fetches);
            return Task.FromResult(New(expiresIn ?? duration, $"AKID{number}"));
        }, default);

    private TemporaryCredentials New(TimeSpan expiresIn, string accessKeyId = "AKID") =>
        new(accessKeyId, "secret", "token", _time.GetUtcNow() + expiresIn);
}
