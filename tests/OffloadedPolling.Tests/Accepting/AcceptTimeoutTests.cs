using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>Every accept ends within AcceptTimeout, whichever step is slow.</summary>
public sealed class AcceptTimeoutTests : IAsyncDisposable
{
    private readonly AcceptBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task AcceptAsync_TheStoreDoesNotAnswer_FailsAtTheDeadlineAndSaysSo()
    {
        _bench.Store.Before = _ => AcceptBench.HangAsync(default);
        var accepting = _bench.AcceptAsync();

        _bench.Time.Advance(TimeSpan.FromSeconds(9.9));
        accepting.IsCompleted.Should().BeFalse();
        _bench.Time.Advance(TimeSpan.FromSeconds(0.1));

        (await FailureAsync<OperationStoreException>(accepting)).Should().Contain("AcceptTimeout (00:00:10)").And.Contain("'parcels'");
    }

    [Fact]
    public async Task AcceptAsync_TheQueueDoesNotAnswer_FailsAtTheDeadlineAndTheDocumentIsEnded()
    {
        _bench.BeforeSend = _ => AcceptBench.HangAsync(default);
        var accepting = _bench.AcceptAsync();

        _bench.Time.Advance(TimeSpan.FromSeconds(10));

        (await FailureAsync<OperationQueueException>(accepting)).Should().Contain("AcceptTimeout (00:00:10)");
        await _bench.AdvanceUntilAsync(() => _bench.Only.Error?.Type.EndsWith("not-sent", StringComparison.Ordinal) == true, "not ended");
    }

    [Fact]
    public async Task AcceptAsync_NoUrlComes_FailsAtTheDeadlineAndTheDocumentIsEnded()
    {
        _bench.BeforeIssue = AcceptBench.HangAsync;
        var accepting = _bench.AcceptAsync();

        _bench.Time.Advance(TimeSpan.FromSeconds(10));

        (await FailureAsync<StatusUrlException>(accepting)).Should().Contain("AcceptTimeout (00:00:10)");
        await _bench.AdvanceUntilAsync(() => _bench.Only.Error?.Type.EndsWith("not-issued", StringComparison.Ordinal) == true, "not ended");
        _bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_EachStepTakesAWhile_TheDeadlineIsOverAllOfThem()
    {
        var stored = new TaskCompletionSource();
        _bench.Store.Before = _ => stored.Task;
        _bench.BeforeSend = AcceptBench.HangAsync;
        var accepting = _bench.AcceptAsync();
        _bench.Time.Advance(TimeSpan.FromSeconds(6));
        stored.SetResult();

        await Eventually.TrueAsync(() => _bench.Store.Documents.Count == 1, AcceptBench.Timeout, () => "no document");
        _bench.Time.Advance(TimeSpan.FromSeconds(4));

        await FailureAsync<OperationQueueException>(accepting);
    }

    [Fact]
    public async Task AcceptAsync_FiveDeadlinesInARow_TheNextFailAtOnceUntilOneHasTriedWithSuccess()
    {
        var requests = _bench.Store.Requests;
        _bench.Store.Before = _ => AcceptBench.HangAsync(default);
        for (var accept = 0; accept < 5; accept++)
        {
            await RunOutAsync();
        }

        _bench.Log.Entries.Should().ContainSingle(entry => entry.Id == 105);
        var asked = requests.Count(request => request == "create");
        (await FailureAsync<OperationStoreException>(_bench.AcceptAsync())).Should()
            .Contain("the last 5 accepts in a row ran into AcceptTimeout (00:00:10)").And.Contain("The next one tries in 00:00:05");
        requests.Count(request => request == "create").Should().Be(asked);

        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        var trying = _bench.AcceptAsync();
        (await FailureAsync<OperationStoreException>(_bench.AcceptAsync())).Should().Contain("One is trying now");
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        await FailureAsync<OperationStoreException>(trying);
        (await FailureAsync<OperationStoreException>(_bench.AcceptAsync())).Should().Contain("The next one tries in 00:00:05");

        _bench.Store.Before = _ => Task.CompletedTask;
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        await _bench.AcceptAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _bench.AcceptAsync()));
        _bench.Log.Entries.Should().ContainSingle(entry => entry.Id == 106);
    }

    private async Task RunOutAsync()
    {
        var accepting = _bench.AcceptAsync();
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        await FailureAsync<OperationStoreException>(accepting);
    }

    private static async Task<string> FailureAsync<TException>(Task accepting)
        where TException : OffloadedPollingException =>
        (await FluentActions.Awaiting(() => accepting.WaitAsync(AcceptBench.Timeout)).Should().ThrowAsync<TException>()).Which.Message;
}
