using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>Every accept ends within AcceptTimeout, whichever step is slow.</summary>
public sealed class AcceptDeadlineTests : IAsyncDisposable
{
    private readonly AcceptHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AcceptAsync_StoreHangs_ThrowsAtDeadline()
    {
        _host.Store.Before = _ => AcceptHost.HangAsync(default);
        var accepting = _host.AcceptAsync();

        _host.Time.Advance(TimeSpan.FromSeconds(9.9));
        accepting.IsCompleted.Should().BeFalse();
        _host.Time.Advance(TimeSpan.FromSeconds(0.1));

        (await FailureAsync<OperationStoreException>(accepting)).Should().Contain("AcceptTimeout (00:00:10)").And.Contain("'parcels'");
    }

    [Fact]
    public async Task AcceptAsync_QueueHangs_ThrowsAtDeadlineAndEndsDocument()
    {
        _host.BeforeSend = _ => AcceptHost.HangAsync(default);
        var accepting = _host.AcceptAsync();

        _host.Time.Advance(TimeSpan.FromSeconds(10));

        (await FailureAsync<OperationQueueException>(accepting)).Should().Contain("AcceptTimeout (00:00:10)");
        await _host.AdvanceUntilAsync(() => _host.Status.Error?.Type.EndsWith("not-sent", StringComparison.Ordinal) == true, "not ended");
    }

    [Fact]
    public async Task AcceptAsync_IssuerHangs_ThrowsAtDeadlineAndEndsDocument()
    {
        _host.BeforeIssue = AcceptHost.HangAsync;
        var accepting = _host.AcceptAsync();

        _host.Time.Advance(TimeSpan.FromSeconds(10));

        (await FailureAsync<StatusUrlException>(accepting)).Should().Contain("AcceptTimeout (00:00:10)");
        await _host.AdvanceUntilAsync(() => _host.Status.Error?.Type.EndsWith("not-issued", StringComparison.Ordinal) == true, "not ended");
        _host.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_SeveralSlowSteps_ShareOneDeadline()
    {
        var stored = new TaskCompletionSource();
        _host.Store.Before = _ => stored.Task;
        _host.BeforeSend = AcceptHost.HangAsync;
        var accepting = _host.AcceptAsync();
        _host.Time.Advance(TimeSpan.FromSeconds(6));
        stored.SetResult();

        await Eventually.TrueAsync(() => _host.Store.Documents.Count == 1, AcceptHost.Timeout, () => "no document");
        _host.Time.Advance(TimeSpan.FromSeconds(4));

        await FailureAsync<OperationQueueException>(accepting);
    }

    [Fact]
    public async Task AcceptAsync_FiveTimeouts_FailsFastUntilTrialSucceeds()
    {
        var requests = _host.Store.Requests;
        _host.Store.Before = _ => AcceptHost.HangAsync(default);
        for (var accept = 0; accept < 5; accept++)
        {
            await TimeOutAsync();
        }

        _host.Log.Entries.Should().ContainSingle(entry => entry.Id == 105);
        var creations = requests.Count(request => request == "create");
        (await FailureAsync<OperationStoreException>(_host.AcceptAsync())).Should()
            .Contain("the last 5 accepts exceeded AcceptTimeout (00:00:10)").And.Contain("The next one is tried in 00:00:05");
        requests.Count(request => request == "create").Should().Be(creations);

        _host.Time.Advance(TimeSpan.FromSeconds(5));
        var trial = _host.AcceptAsync();
        (await FailureAsync<OperationStoreException>(_host.AcceptAsync())).Should().Contain("One is being tried now");
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        await FailureAsync<OperationStoreException>(trial);
        (await FailureAsync<OperationStoreException>(_host.AcceptAsync())).Should().Contain("The next one is tried in 00:00:05");

        _host.Store.Before = _ => Task.CompletedTask;
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        await _host.AcceptAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _host.AcceptAsync()));
        _host.Log.Entries.Should().ContainSingle(entry => entry.Id == 106);
    }

    private async Task TimeOutAsync()
    {
        var accepting = _host.AcceptAsync();
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        await FailureAsync<OperationStoreException>(accepting);
    }

    private static async Task<string> FailureAsync<TException>(Task accepting)
        where TException : OffloadedPollingException =>
        (await FluentActions.Awaiting(() => accepting.WaitAsync(AcceptHost.Timeout)).Should().ThrowAsync<TException>()).Which.Message;
}
