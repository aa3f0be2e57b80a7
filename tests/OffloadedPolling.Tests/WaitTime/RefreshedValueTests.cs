using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class RefreshedValueTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _maxAge = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    private readonly List<Exception> _failures = [];

    private int _fetches;

    [Fact]
    public async Task GetAsync_ManyAtOnce_FetchOnce()
    {
        var answer = new TaskCompletionSource<string>();
        var value = New(() => answer.Task);
        var readers = Enumerable.Range(0, 20).Select(_ => value.GetAsync(_patience, default).AsTask()).ToList();
        answer.SetResult("fresh");

        Assert.All(await Task.WhenAll(readers), read => Assert.Equal("fresh", read));
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task GetAsync_WithinMaxAge_DoesNotFetchAgain()
    {
        var value = New(() => Task.FromResult($"{_fetches}"));
        await value.GetAsync(_patience, default);
        _time.Advance(_maxAge - TimeSpan.FromMilliseconds(1));

        Assert.Equal("1", await value.GetAsync(_patience, default));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("2", await value.GetAsync(_patience, default));
    }

    [Fact]
    public async Task GetAsync_AFetchThatHangs_AnswersWhenThePatienceEnds()
    {
        var value = New(() => new TaskCompletionSource<string>().Task);

        var read = value.GetAsync(_patience, default).AsTask();
        Assert.False(read.IsCompleted);
        _time.Advance(_patience);

        Assert.Null(await read);
    }

    [Fact]
    public async Task GetAsync_AFetchThatFails_KeepsTheOldValueAndWaitsForTheNextTurn()
    {
        var broken = false;
        var value = New(() => broken ? Task.FromException<string>(new IOException("down")) : Task.FromResult("old"));
        await value.GetAsync(_patience, default);
        broken = true;
        _time.Advance(_maxAge);

        Assert.Equal("old", await value.GetAsync(_patience, default));
        Assert.Equal("old", await value.GetAsync(_patience, default));

        Assert.Equal(2, _fetches);
        Assert.Single(_failures);
    }

    [Fact]
    public async Task GetAsync_Canceled_Throws()
    {
        var value = New(() => new TaskCompletionSource<string>().Task);
        using var cancel = new CancellationTokenSource();
        var read = value.GetAsync(_patience, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task Set_WhileAFetchIsUnderWay_IsWhatCountsUntilItIsTooOld()
    {
        var answer = new TaskCompletionSource<string>();
        var value = New(() => _fetches == 1 ? answer.Task : Task.FromResult("newer"));
        var read = value.GetAsync(_patience, default).AsTask();
        value.Set("told");
        answer.SetResult("older");

        Assert.Equal("told", await read);
        Assert.Equal("told", await value.GetAsync(_patience, default));
        _time.Advance(_maxAge);
        Assert.Equal("newer", await value.GetAsync(_patience, default));
    }

    private RefreshedValue<string> New(Func<Task<string>> fetch) => new(
        _ =>
        {
            Interlocked.Increment(ref _fetches);
            return fetch();
        },
        _maxAge, _time, _failures.Add);
}
