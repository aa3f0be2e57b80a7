using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>No document waits for ever because its accept was given up, or because the store's answer was lost.</summary>
public sealed class AcceptSettlementsTests : IAsyncDisposable
{
    private readonly AcceptBench _bench = new();

    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MemoryStore Store => _bench.Store;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task AcceptAsync_TheCallerHangsUpDuringTheCreation_ItIsNotBrokenOffAndTheDocumentIsEnded()
    {
        Store.Before = HoldCreation;
        await HangUpAsync();
        Store.Creations.Should().ContainSingle().Which.IsCancellationRequested.Should().BeFalse();

        _release.SetResult();

        await EndedAsync();
        Store.Requests.Should().Equal("create", "update");
        _bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_TheDeadlinePassesDuringTheCreation_TheDocumentIsEnded()
    {
        Store.Before = HoldCreation;
        await RunOutAsync();

        _release.SetResult();

        await EndedAsync();
    }

    [Fact]
    public async Task AcceptAsync_TheAnswerOfTheCreationIsLost_TheDocumentIsEnded()
    {
        Store.After = request => request == "create" ? throw new OperationStoreException("lost") : Task.CompletedTask;

        await _bench.Awaiting(bench => bench.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();

        await EndedAsync();
        _bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_TheCreationIsCarriedOutLongAfterwards_IsRefused()
    {
        var creations = 0;
        Store.Before = request => request == "create" && Interlocked.Increment(ref creations) == 1 ? _release.Task : Task.CompletedTask;
        await RunOutAsync();

        // The creation is no longer waited for, and an ended document takes its place.
        await EndedAsync();
        _release.SetResult();

        await Eventually.TrueAsync(() => Store.Requests.Count(request => request == "create") == 2, AcceptBench.Timeout, () => "no second creation");
        _bench.Only.State.Should().Be(OperationState.Failed);
    }

    [Fact]
    public async Task AcceptAsync_TheStoreFailsForAMinute_TheDocumentIsEndedAfterwards()
    {
        Store.After = _ => throw new OperationStoreException("lost");
        await _bench.Awaiting(bench => bench.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        Store.Before = _ => throw new OperationStoreException("down");
        var begun = _bench.Time.GetTimestamp();

        await _bench.AdvanceUntilAsync(() => _bench.Time.GetElapsedTime(begun) > TimeSpan.FromMinutes(1), "time stands still");
        (Store.Before, Store.After) = (_ => Task.CompletedTask, _ => Task.CompletedTask);

        await EndedAsync();
    }

    [Fact]
    public async Task AcceptAsync_TheStoreFailsForLonger_WhatCouldNotBeEndedIsLoggedWithTheReason()
    {
        Store.After = _ => throw new OperationStoreException("lost");
        await _bench.Awaiting(bench => bench.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        Store.Before = _ => throw new OperationStoreException("the store is down");

        await _bench.AdvanceUntilAsync(() => _bench.Log.Entries.Any(entry => entry.Id == 101), "not logged");

        _bench.Log.Entries.Single(entry => entry.Id == 101).Text.Should().Contain(_bench.Only.Id).And.Contain("the store is down");
    }

    [Fact]
    public async Task AcceptAsync_TheStoreRefuses_NothingIsLeftToSettle()
    {
        Store.Before = _ => throw new OperationStoreException("denied") { IsRefusal = true };

        await _bench.Awaiting(bench => bench.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        await _bench.StopAsync();

        Store.Requests.Should().Equal("create");
        _bench.Log.Entries.Should().NotContain(entry => entry.Id == 101);
    }

    [Fact]
    public async Task AcceptAsync_TheMessageCannotBeSentAndTheStoreFailsThen_TheDocumentIsEndedWhenTheStoreIsBack()
    {
        _bench.BeforeSend = _ => throw new OperationQueueException("down");
        Store.Before = request => request == "create" ? Task.CompletedTask : throw new OperationStoreException("down");
        var accepting = _bench.AcceptAsync();

        await _bench.AdvanceUntilAsync(() => accepting.IsCompleted, "the accept waits for longer than its deadline");
        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<OperationQueueException>();
        _bench.Only.State.Should().Be(OperationState.NotStarted);
        Store.Before = _ => Task.CompletedTask;

        await EndedAsync();
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheCallerHangsUpDuringTheCreation_TheMessageIsSent()
    {
        Store.Before = HoldCreation;
        await HangUpAsync(AcceptBench.Keyed);

        _release.SetResult();

        await SentAsync();
        _bench.Only.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheAnswerOfTheCreationIsLost_TheMessageIsSent()
    {
        Store.After = request => request == "create" ? throw new OperationStoreException("lost") : Task.CompletedTask;

        await _bench.Awaiting(bench => bench.AcceptAsync(AcceptBench.Keyed)).Should().ThrowAsync<OperationStoreException>();

        await SentAsync();
        _bench.Only.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheQueueHangsUntilTheDeadline_TheMessageIsSentAfterwards()
    {
        _bench.BeforeSend = AcceptBench.HangAsync;
        await RunOutAsync<OperationQueueException>(AcceptBench.Keyed);

        _bench.BeforeSend = _ => Task.CompletedTask;

        await SentAsync();
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheCreationNeverCame_NothingIsSentAndNothingIsWrong()
    {
        Store.Before = request => request == "create" ? throw new OperationStoreException("down") : Task.CompletedTask;
        await _bench.Awaiting(bench => bench.AcceptAsync(AcceptBench.Keyed)).Should().ThrowAsync<OperationStoreException>();

        await _bench.AdvanceUntilAsync(() => _bench.Log.Entries.Any(entry => entry.Id == 107), "not given up");

        _bench.Sent.Should().BeEmpty();
        Store.Documents.Should().BeEmpty();
        _bench.Log.Entries.Should().NotContain(entry => entry.Id == 103);
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyThatAnotherPayloadTookFirst_ItsMessageIsNotSent()
    {
        await _bench.AcceptAsync(AcceptBench.Keyed);
        Store.Before = request => request == "create" ? throw new OperationStoreException("down") : Task.CompletedTask;

        await _bench.Awaiting(bench => bench.Operations.AcceptAsync(new Parcel("Bob"), AcceptBench.Keyed)).Should().ThrowAsync<OperationStoreException>();

        await Eventually.TrueAsync(() => Store.Requests.Contains("get"), AcceptBench.Timeout, () => "not settled");
        await _bench.StopAsync();
        _bench.Sent.Should().ContainSingle().Which.Body.Should().Contain("Ada");
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheQueueStaysDown_ItIsLoggedAndTheDocumentIsNotEnded()
    {
        _bench.BeforeSend = AcceptBench.HangAsync;
        await RunOutAsync<OperationQueueException>(AcceptBench.Keyed);
        _bench.BeforeSend = _ => throw new OperationQueueException("the queue is down");

        await _bench.AdvanceUntilAsync(() => _bench.Log.Entries.Any(entry => entry.Id == 103), "not logged");

        _bench.Log.Entries.Single(entry => entry.Id == 103).Text.Should().Contain("the queue is down");
        _bench.Only.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task StopAsync_ACreationEndsWhileTheHostStops_ItsDocumentIsEnded()
    {
        Store.Before = HoldCreation;
        await HangUpAsync();

        var stopping = _bench.StopAsync();
        _release.SetResult();

        await stopping.WaitAsync(AcceptBench.Timeout);
        _bench.Only.State.Should().Be(OperationState.Failed);
    }

    [Fact]
    public async Task StopAsync_TheStoreDoesNotAnswer_StopsInTimeAndLogsWhatIsLeft()
    {
        Store.Before = HoldCreation;
        await HangUpAsync();

        var stopping = _bench.StopAsync();
        await _bench.AdvanceUntilAsync(() => stopping.IsCompleted, "it does not stop");

        await _bench.AdvanceUntilAsync(() => _bench.Log.Entries.Any(entry => entry.Id == 101), "not logged");
        _bench.Log.Entries.Single(entry => entry.Id == 101).Text.Should().Contain("The host stopped");
    }

    [Fact]
    public async Task AcceptAsync_MoreIsPendingThanIsKept_WhatIsOverItIsLogged()
    {
        Store.Before = HoldCreation;
        var large = new Parcel("Ada", new string('x', 900 * 1024));
        using var cancel = new CancellationTokenSource();
        var accepts = Enumerable.Range(0, 80).Select(number => _bench.Operations.AcceptAsync(
            large, new AcceptOptions { IdempotencyScope = "ada", IdempotencyKey = $"0123456789abcdef{number}" }, cancel.Token)).ToList();

        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => Task.WhenAll(accepts)).Should().ThrowAsync<OperationCanceledException>();

        // 64 MiB of messages.
        await Eventually.TrueAsync(() => _bench.Log.Entries.Count(entry => entry.Id == 104) == 8, AcceptBench.Timeout, () => "not as many are over the limit");
        _release.SetResult();
        await _bench.AdvanceUntilAsync(() => _bench.Sent.Count == 72, "not all that are kept are sent");
    }

    private Task HoldCreation(string request) => request == "create" ? _release.Task : Task.CompletedTask;

    private async Task HangUpAsync(AcceptOptions? options = null)
    {
        using var cancel = new CancellationTokenSource();
        var accepting = _bench.AcceptAsync(options, cancel.Token);
        await Eventually.TrueAsync(() => !Store.Requests.IsEmpty, AcceptBench.Timeout, () => "no creation");
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task RunOutAsync() => RunOutAsync<OperationStoreException>(null);

    private async Task RunOutAsync<TException>(AcceptOptions? options)
        where TException : Exception
    {
        var accepting = _bench.AcceptAsync(options);
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<TException>();
    }

    private Task EndedAsync() => _bench.AdvanceUntilAsync(
        () => Store.Documents.Any(document => document.Status is { State: OperationState.Failed, Error.Type: "urn:offloaded-polling:problem:not-sent" }), "not ended");

    private Task SentAsync() => _bench.AdvanceUntilAsync(() => !_bench.Sent.IsEmpty, "not sent");
}
