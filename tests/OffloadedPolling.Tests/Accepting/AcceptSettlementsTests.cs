using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>No document waits forever because its accept was abandoned or the store's response was lost.</summary>
public sealed class AcceptSettlementsTests : IAsyncDisposable
{
    private static readonly Parcel _large = new("Ada", new string('x', 900 * 1024));

    private readonly AcceptHost _host = new();

    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MemoryStore Store => _host.Store;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AcceptAsync_DisconnectDuringCreate_CompletesAndEndsDocument()
    {
        Store.Before = HoldCreation;
        await DisconnectAsync();
        Store.Creations.Should().ContainSingle().Which.IsCancellationRequested.Should().BeFalse();

        _release.SetResult();

        await EndedAsync();
        Store.Requests.Should().Equal("create", "update");
        _host.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_DeadlineDuringCreate_EndsDocument()
    {
        Store.Before = HoldCreation;
        await TimeOutAsync();

        _release.SetResult();

        await EndedAsync();
    }

    [Fact]
    public async Task AcceptAsync_CreateResponseLost_EndsDocument()
    {
        Store.After = request => request == "create" ? throw new OperationStoreException("lost") : Task.CompletedTask;

        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();

        await EndedAsync();
        _host.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_CreateArrivesLate_KeepsEndedDocument()
    {
        var creations = 0;
        Store.Before = request => request == "create" && Interlocked.Increment(ref creations) == 1 ? _release.Task : Task.CompletedTask;
        await TimeOutAsync();

        // The accept no longer waits for the creation, and an ended document takes its place.
        await EndedAsync();
        _release.SetResult();

        await Eventually.TrueAsync(() => Store.Conflicts == 1, AcceptHost.Timeout, () => "the late creation did not arrive");
        _host.Status.State.Should().Be(OperationState.Failed);
    }

    [Fact]
    public async Task AcceptAsync_StoreDownForOneMinute_EndsDocumentAfterwards()
    {
        Store.After = _ => throw new OperationStoreException("lost");
        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        Store.Before = _ => throw new OperationStoreException("down");
        var begun = _host.Time.GetTimestamp();

        await _host.AdvanceUntilAsync(() => _host.Time.GetElapsedTime(begun) > TimeSpan.FromMinutes(1), "the clock did not advance");
        (Store.Before, Store.After) = (_ => Task.CompletedTask, _ => Task.CompletedTask);

        await EndedAsync();
    }

    [Fact]
    public async Task AcceptAsync_StoreStaysDown_LogsIdAndReason()
    {
        Store.After = _ => throw new OperationStoreException("lost");
        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        Store.Before = _ => throw new OperationStoreException("the store is down");

        await _host.AdvanceUntilAsync(() => _host.Log.Entries.Any(entry => entry.Id == 101), "not logged");

        _host.Log.Entries.Single(entry => entry.Id == 101).Text.Should().Contain(_host.Status.Id).And.Contain("the store is down");
    }

    [Fact]
    public async Task AcceptAsync_StoreRefuses_SettlesNothing()
    {
        Store.Before = _ => throw new OperationStoreException("denied") { IsRefusal = true };

        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        await _host.StopAsync();

        Store.Requests.Should().Equal("create");
        _host.Log.Entries.Should().NotContain(entry => entry.Id == 101);
    }

    [Fact]
    public async Task AcceptAsync_SendAndStoreFail_EndsDocumentWhenStoreRecovers()
    {
        _host.BeforeSend = _ => throw new OperationQueueException("down");
        Store.Before = request => request == "create" ? Task.CompletedTask : throw new OperationStoreException("down");
        var accepting = _host.AcceptAsync();

        await _host.AdvanceUntilAsync(() => accepting.IsCompleted, "the accept exceeds its deadline");
        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<OperationQueueException>();
        _host.Status.State.Should().Be(OperationState.NotStarted);
        Store.Before = _ => Task.CompletedTask;

        await EndedAsync();
    }

    [Fact]
    public async Task AcceptAsync_KeyedAndDisconnectDuringCreate_SendsMessage()
    {
        Store.Before = HoldCreation;
        await DisconnectAsync(AcceptHost.Keyed);

        _release.SetResult();

        await SentAsync();
        _host.Status.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task AcceptAsync_KeyedAndCreateResponseLost_SendsMessage()
    {
        Store.After = request => request == "create" ? throw new OperationStoreException("lost") : Task.CompletedTask;

        await _host.Awaiting(host => host.AcceptAsync(AcceptHost.Keyed)).Should().ThrowAsync<OperationStoreException>();

        await SentAsync();
        _host.Status.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task AcceptAsync_KeyedAndQueueHangs_SendsMessageAfterDeadline()
    {
        _host.BeforeSend = AcceptHost.HangAsync;
        await TimeOutAsync<OperationQueueException>(AcceptHost.Keyed);

        _host.BeforeSend = _ => Task.CompletedTask;

        await SentAsync();
    }

    [Fact]
    public async Task AcceptAsync_KeyedAndCreateFails_SendsNothingAndLogsNoError()
    {
        Store.Before = request => request == "create" ? throw new OperationStoreException("down") : Task.CompletedTask;
        await _host.Awaiting(host => host.AcceptAsync(AcceptHost.Keyed)).Should().ThrowAsync<OperationStoreException>();

        await _host.AdvanceUntilAsync(() => _host.Log.Entries.Any(entry => entry.Id == 107), "not abandoned");

        _host.Sent.Should().BeEmpty();
        Store.Documents.Should().BeEmpty();
        _host.Log.Entries.Should().NotContain(entry => entry.Id == 103);
    }

    [Fact]
    public async Task AcceptAsync_KeyUsedWithOtherPayload_DoesNotSendMessage()
    {
        await _host.AcceptAsync(AcceptHost.Keyed);
        Store.Before = request => request == "create" ? throw new OperationStoreException("down") : Task.CompletedTask;

        await _host.Awaiting(host => host.Operations.AcceptAsync(new Parcel("Bob"), AcceptHost.Keyed))
            .Should().ThrowAsync<OperationStoreException>();

        await Eventually.TrueAsync(() => Store.Requests.Contains("get"), AcceptHost.Timeout, () => "not settled");
        await _host.StopAsync();
        _host.Sent.Should().ContainSingle().Which.Body.Should().Contain("Ada");
    }

    [Fact]
    public async Task AcceptAsync_KeyedAndQueueStaysDown_LogsAndKeepsDocument()
    {
        _host.BeforeSend = AcceptHost.HangAsync;
        await TimeOutAsync<OperationQueueException>(AcceptHost.Keyed);
        _host.BeforeSend = _ => throw new OperationQueueException("the queue is down");

        await _host.AdvanceUntilAsync(() => _host.Log.Entries.Any(entry => entry.Id == 103), "not logged");

        _host.Log.Entries.Single(entry => entry.Id == 103).Text.Should().Contain("the queue is down");
        _host.Status.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task StopAsync_CreateCompletesDuringStop_EndsDocument()
    {
        Store.Before = HoldCreation;
        await DisconnectAsync();

        var stopping = _host.StopAsync();
        _release.SetResult();

        await stopping.WaitAsync(AcceptHost.Timeout);
        _host.Status.State.Should().Be(OperationState.Failed);
    }

    [Fact]
    public async Task StopAsync_StoreHangs_StopsAndLogsUnsettledOperation()
    {
        Store.Before = HoldCreation;
        await DisconnectAsync();

        var stopping = _host.StopAsync();
        await _host.AdvanceUntilAsync(() => stopping.IsCompleted, "the host did not stop");

        await _host.AdvanceUntilAsync(() => _host.Log.Entries.Any(entry => entry.Id == 101), "not logged");
        _host.Log.Entries.Single(entry => entry.Id == 101).Text.Should().Contain("The host stopped");
    }

    [Fact]
    public async Task AcceptAsync_TooManyPending_LogsExcessAndSendsRest()
    {
        await FillAsync();

        _release.SetResult();
        await _host.AdvanceUntilAsync(() => _host.Sent.Count == 72, "some of the kept messages were not sent");
    }

    [Fact]
    public async Task AcceptAsync_RepeatedAfterEndAndIssuerHangs_SettlesNothing()
    {
        var options = new AcceptOptions { IdempotencyScope = "bob", IdempotencyKey = "0123456789abcdef" };
        var first = await _host.Operations.AcceptAsync(_large, options);
        await _host.Operations.CancelAsync(first.Id);
        await FillAsync();
        Store.Before = _ => Task.CompletedTask;
        _host.BeforeIssue = AcceptHost.HangAsync;

        var accepting = _host.Operations.AcceptAsync(_large, options);
        _host.Time.Advance(TimeSpan.FromSeconds(10));

        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<StatusUrlException>();
        _host.Log.Entries.Should().NotContain(entry => entry.Id == 104 && entry.Text.Contains(first.Id, StringComparison.Ordinal));
    }

    // At most 64 MiB of messages are kept, which is 72 of these 80.
    private async Task FillAsync()
    {
        Store.Before = HoldCreation;
        using var cancel = new CancellationTokenSource();
        var accepts = Enumerable.Range(0, 80).Select(number => _host.Operations.AcceptAsync(
            _large, new AcceptOptions { IdempotencyScope = "ada", IdempotencyKey = $"0123456789abcdef{number}" }, cancel.Token)).ToList();

        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => Task.WhenAll(accepts)).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.TrueAsync(
            () => _host.Log.Entries.Count(entry => entry.Id == 104) == 8, AcceptHost.Timeout, () => "fewer accepts are over the limit");
    }

    private Task HoldCreation(string request) => request == "create" ? _release.Task : Task.CompletedTask;

    private async Task DisconnectAsync(AcceptOptions? options = null)
    {
        using var cancel = new CancellationTokenSource();
        var accepting = _host.AcceptAsync(options, cancel.Token);
        await Eventually.TrueAsync(() => !Store.Requests.IsEmpty, AcceptHost.Timeout, () => "no creation");
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task TimeOutAsync() => TimeOutAsync<OperationStoreException>(null);

    private async Task TimeOutAsync<TException>(AcceptOptions? options)
        where TException : Exception
    {
        var accepting = _host.AcceptAsync(options);
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<TException>();
    }

    private Task EndedAsync() => _host.AdvanceUntilAsync(
        () => Store.Documents.Any(document =>
            document.Status is { State: OperationState.Failed, Error.Type: "urn:offloaded-polling:problem:not-sent" }), "not ended");

    private Task SentAsync() => _host.AdvanceUntilAsync(() => !_host.Sent.IsEmpty, "not sent");
}
