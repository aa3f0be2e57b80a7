using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>No document waits for ever because its accept was given up, or because the store's answer was lost.</summary>
public sealed class AcceptSettlementsTests : IAsyncDisposable
{
    private static readonly Parcel _large = new("Ada", new string('x', 900 * 1024));

    private readonly AcceptHost _host = new();

    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MemoryStore Store => _host.Store;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AcceptAsync_TheCallerHangsUpDuringTheCreation_ItIsNotBrokenOffAndTheDocumentIsEnded()
    {
        Store.Before = HoldCreation;
        await HangUpAsync();
        Store.Creations.Should().ContainSingle().Which.IsCancellationRequested.Should().BeFalse();

        _release.SetResult();

        await EndedAsync();
        Store.Requests.Should().Equal("create", "update");
        _host.Sent.Should().BeEmpty();
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

        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();

        await EndedAsync();
        _host.Sent.Should().BeEmpty();
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

        await Eventually.TrueAsync(
            () => Store.Requests.Count(request => request == "create") == 2, AcceptHost.Timeout, () => "no second creation");
        _host.Only.State.Should().Be(OperationState.Failed);
    }

    [Fact]
    public async Task AcceptAsync_TheStoreFailsForAMinute_TheDocumentIsEndedAfterwards()
    {
        Store.After = _ => throw new OperationStoreException("lost");
        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        Store.Before = _ => throw new OperationStoreException("down");
        var begun = _host.Time.GetTimestamp();

        await _host.AdvanceUntilAsync(() => _host.Time.GetElapsedTime(begun) > TimeSpan.FromMinutes(1), "time stands still");
        (Store.Before, Store.After) = (_ => Task.CompletedTask, _ => Task.CompletedTask);

        await EndedAsync();
    }

    [Fact]
    public async Task AcceptAsync_TheStoreFailsForLonger_WhatCouldNotBeEndedIsLoggedWithTheReason()
    {
        Store.After = _ => throw new OperationStoreException("lost");
        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        Store.Before = _ => throw new OperationStoreException("the store is down");

        await _host.AdvanceUntilAsync(() => _host.Log.Entries.Any(entry => entry.Id == 101), "not logged");

        _host.Log.Entries.Single(entry => entry.Id == 101).Text.Should().Contain(_host.Only.Id).And.Contain("the store is down");
    }

    [Fact]
    public async Task AcceptAsync_TheStoreRefuses_NothingIsLeftToSettle()
    {
        Store.Before = _ => throw new OperationStoreException("denied") { IsRefusal = true };

        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<OperationStoreException>();
        await _host.StopAsync();

        Store.Requests.Should().Equal("create");
        _host.Log.Entries.Should().NotContain(entry => entry.Id == 101);
    }

    [Fact]
    public async Task AcceptAsync_TheMessageCannotBeSentAndTheStoreFailsThen_TheDocumentIsEndedWhenTheStoreIsBack()
    {
        _host.BeforeSend = _ => throw new OperationQueueException("down");
        Store.Before = request => request == "create" ? Task.CompletedTask : throw new OperationStoreException("down");
        var accepting = _host.AcceptAsync();

        await _host.AdvanceUntilAsync(() => accepting.IsCompleted, "the accept waits for longer than its deadline");
        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<OperationQueueException>();
        _host.Only.State.Should().Be(OperationState.NotStarted);
        Store.Before = _ => Task.CompletedTask;

        await EndedAsync();
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheCallerHangsUpDuringTheCreation_TheMessageIsSent()
    {
        Store.Before = HoldCreation;
        await HangUpAsync(AcceptHost.Keyed);

        _release.SetResult();

        await SentAsync();
        _host.Only.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheAnswerOfTheCreationIsLost_TheMessageIsSent()
    {
        Store.After = request => request == "create" ? throw new OperationStoreException("lost") : Task.CompletedTask;

        await _host.Awaiting(host => host.AcceptAsync(AcceptHost.Keyed)).Should().ThrowAsync<OperationStoreException>();

        await SentAsync();
        _host.Only.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheQueueHangsUntilTheDeadline_TheMessageIsSentAfterwards()
    {
        _host.BeforeSend = AcceptHost.HangAsync;
        await RunOutAsync<OperationQueueException>(AcceptHost.Keyed);

        _host.BeforeSend = _ => Task.CompletedTask;

        await SentAsync();
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyAndTheCreationNeverCame_NothingIsSentAndNothingIsWrong()
    {
        Store.Before = request => request == "create" ? throw new OperationStoreException("down") : Task.CompletedTask;
        await _host.Awaiting(host => host.AcceptAsync(AcceptHost.Keyed)).Should().ThrowAsync<OperationStoreException>();

        await _host.AdvanceUntilAsync(() => _host.Log.Entries.Any(entry => entry.Id == 107), "not given up");

        _host.Sent.Should().BeEmpty();
        Store.Documents.Should().BeEmpty();
        _host.Log.Entries.Should().NotContain(entry => entry.Id == 103);
    }

    [Fact]
    public async Task AcceptAsync_WithAKeyThatAnotherPayloadTookFirst_ItsMessageIsNotSent()
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
    public async Task AcceptAsync_WithAKeyAndTheQueueStaysDown_ItIsLoggedAndTheDocumentIsNotEnded()
    {
        _host.BeforeSend = AcceptHost.HangAsync;
        await RunOutAsync<OperationQueueException>(AcceptHost.Keyed);
        _host.BeforeSend = _ => throw new OperationQueueException("the queue is down");

        await _host.AdvanceUntilAsync(() => _host.Log.Entries.Any(entry => entry.Id == 103), "not logged");

        _host.Log.Entries.Single(entry => entry.Id == 103).Text.Should().Contain("the queue is down");
        _host.Only.State.Should().Be(OperationState.NotStarted);
    }

    [Fact]
    public async Task StopAsync_ACreationEndsWhileTheHostStops_ItsDocumentIsEnded()
    {
        Store.Before = HoldCreation;
        await HangUpAsync();

        var stopping = _host.StopAsync();
        _release.SetResult();

        await stopping.WaitAsync(AcceptHost.Timeout);
        _host.Only.State.Should().Be(OperationState.Failed);
    }

    [Fact]
    public async Task StopAsync_TheStoreDoesNotAnswer_StopsInTimeAndLogsWhatIsLeft()
    {
        Store.Before = HoldCreation;
        await HangUpAsync();

        var stopping = _host.StopAsync();
        await _host.AdvanceUntilAsync(() => stopping.IsCompleted, "it does not stop");

        await _host.AdvanceUntilAsync(() => _host.Log.Entries.Any(entry => entry.Id == 101), "not logged");
        _host.Log.Entries.Single(entry => entry.Id == 101).Text.Should().Contain("The host stopped");
    }

    [Fact]
    public async Task AcceptAsync_MoreIsPendingThanIsKept_WhatIsOverItIsLogged()
    {
        await FillAsync();

        _release.SetResult();
        await _host.AdvanceUntilAsync(() => _host.Sent.Count == 72, "not all that are kept are sent");
    }

    [Fact]
    public async Task AcceptAsync_RepeatedAfterTheEndAndNoUrlComes_NothingIsLeftToSettle()
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

    // 64 MiB of messages are kept, 72 of these 80.
    private async Task FillAsync()
    {
        Store.Before = HoldCreation;
        using var cancel = new CancellationTokenSource();
        var accepts = Enumerable.Range(0, 80).Select(number => _host.Operations.AcceptAsync(
            _large, new AcceptOptions { IdempotencyScope = "ada", IdempotencyKey = $"0123456789abcdef{number}" }, cancel.Token)).ToList();

        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => Task.WhenAll(accepts)).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.TrueAsync(
            () => _host.Log.Entries.Count(entry => entry.Id == 104) == 8, AcceptHost.Timeout, () => "not as many are over the limit");
    }

    private Task HoldCreation(string request) => request == "create" ? _release.Task : Task.CompletedTask;

    private async Task HangUpAsync(AcceptOptions? options = null)
    {
        using var cancel = new CancellationTokenSource();
        var accepting = _host.AcceptAsync(options, cancel.Token);
        await Eventually.TrueAsync(() => !Store.Requests.IsEmpty, AcceptHost.Timeout, () => "no creation");
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => accepting).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task RunOutAsync() => RunOutAsync<OperationStoreException>(null);

    private async Task RunOutAsync<TException>(AcceptOptions? options)
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
