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
    public async Task GetAsync_ConcurrentReaders_FetchesOnce()
    {
        var answer = new TaskCompletionSource<string>();
        var value = New(() => answer.Task);
        var readers = Enumerable.Range(0, 20).Select(_ => value.GetAsync(_patience, default).AsTask()).ToList();
        answer.SetResult("fresh");

        (await Task.WhenAll(readers)).Should().AllSatisfy(read => read.Should().Be("fresh"));
        _fetches.Should().Be(1);
    }

    [Fact]
    public async Task GetAsync_WithinMaxAge_DoesNotFetchAgain()
    {
        var value = New(() => Task.FromResult($"{_fetches}"));
        await value.GetAsync(_patience, default);
        _time.Advance(_maxAge - TimeSpan.FromMilliseconds(1));

        (await value.GetAsync(_patience, default)).Should().Be("1");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await value.GetAsync(_patience, default)).Should().Be("2");
    }

    [Fact]
    public async Task GetAsync_FetchHangs_ReturnsNullAfterTimeout()
    {
        var value = New(() => new TaskCompletionSource<string>().Task);

        var read = value.GetAsync(_patience, default).AsTask();
        read.IsCompleted.Should().BeFalse();
        _time.Advance(_patience);

        (await read).Should().BeNull();
    }

    [Fact]
    public async Task GetAsync_FetchFails_KeepsOldValueUntilNextRefresh()
    {
        var broken = false;
        var value = New(() => broken ? Task.FromException<string>(new IOException("down")) : Task.FromResult("old"));
        await value.GetAsync(_patience, default);
        broken = true;
        _time.Advance(_maxAge);

        (await value.GetAsync(_patience, default)).Should().Be("old");
        (await value.GetAsync(_patience, default)).Should().Be("old");

        _fetches.Should().Be(2);
        _failures.Should().ContainSingle();
    }

    [Fact]
    public async Task GetAsync_Canceled_Throws()
    {
        var value = New(() => new TaskCompletionSource<string>().Task);
        using var cancel = new CancellationTokenSource();
        var read = value.GetAsync(_patience, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await FluentActions.Awaiting(() => read).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Set_DuringFetch_WinsUntilMaxAge()
    {
        var answer = new TaskCompletionSource<string>();
        var value = New(() => _fetches == 1 ? answer.Task : Task.FromResult("newer"));
        var read = value.GetAsync(_patience, default).AsTask();
        value.Set("told");
        answer.SetResult("older");

        (await read).Should().Be("told");
        (await value.GetAsync(_patience, default)).Should().Be("told");
        _time.Advance(_maxAge);
        (await value.GetAsync(_patience, default)).Should().Be("newer");
    }

    private RefreshedValue<string> New(Func<Task<string>> fetch) => new(
        _ =>
        {
            Interlocked.Increment(ref _fetches);
            return fetch();
        },
        _maxAge, _time, _failures.Add);
}
