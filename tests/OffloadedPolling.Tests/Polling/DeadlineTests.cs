using System.Net;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>What ends a wait before the operation does.</summary>
public sealed class DeadlineTests : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);

    private readonly PollerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Deadline_InAWait_CutsItShort()
    {
        _bench.Options.Timeout = _deadline;
        _bench.Server.Shows(() => _bench.Document() with { Estimate = PollerBench.Estimate });

        var late = await Assert.ThrowsAsync<OperationTimeoutException>(() => _bench.WatchAsync());

        Assert.Equal(_deadline, _bench.Time.Now);
        Assert.Equal(OperationState.Running, late.LastStatus!.State);
        Assert.Equal(_bench.Poller.GetResumeToken(_bench.Accepted()), late.ResumeToken);
        Assert.Contains("Running", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_InARequest_CutsItShort()
    {
        _bench.Options.Timeout = _deadline;
        _bench.Server.Hangs();

        var late = await Assert.ThrowsAsync<OperationTimeoutException>(() => _bench.WatchAsync());

        Assert.Equal(_deadline, _bench.Time.Now);
        Assert.Null(late.LastStatus);
    }

    [Fact]
    public async Task Deadline_InARenewal_CutsItShort()
    {
        _bench.Options.Timeout = _deadline;
        _bench.Server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Hangs();

        await Assert.ThrowsAsync<OperationTimeoutException>(() => _bench.WatchAsync());

        Assert.Equal(_deadline, _bench.Time.Now);
    }

    [Fact]
    public async Task Deadline_AfterTrouble_TellsOfIt()
    {
        _bench.Options.Timeout = _deadline;
        _bench.Options.Random = () => 0.99;
        _bench.Server.Says(HttpStatusCode.BadGateway).Says(HttpStatusCode.BadGateway).Says(HttpStatusCode.BadGateway);

        var late = await Assert.ThrowsAsync<OperationTimeoutException>(() => _bench.WatchAsync());

        Assert.Contains("502", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_GivesATokenThatGoesOn()
    {
        _bench.Options.Timeout = _deadline;
        _bench.Server.Hangs();
        var late = await Assert.ThrowsAsync<OperationTimeoutException>(() => _bench.WatchAsync());

        _bench.Server.Renews(_bench.Accepted(statusUrl: PollerBench.FreshUrl)).Shows(_bench.Succeeded);
        Assert.Equal(OperationState.Succeeded, (await _bench.Poller.WaitForCompletionAsync(late.ResumeToken!)).State);
        Assert.Equal(PollerBench.FreshUrl, _bench.Server.Requests[2].Url);
    }

    [Fact]
    public async Task Deadline_WithoutAnOperationUrl_GivesNoToken()
    {
        _bench.Options.Timeout = _deadline;
        _bench.Server.Hangs();

        Assert.Null((await Assert.ThrowsAsync<OperationTimeoutException>(() => _bench.WatchAsync(_bench.Accepted(null)))).ResumeToken);
    }

    [Fact]
    public async Task Cancel_InAWait_EndsItWithTheCallersToken()
    {
        using var source = new CancellationTokenSource();
        _bench.Time.Hold = true;
        var waiting = _bench.Poller.WaitForCompletionAsync(_bench.Accepted(), null, source.Token);
        await Eventually.TrueAsync(() => _bench.Time.IsWaiting, TimeSpan.FromSeconds(30), () => "it does not wait");

        await source.CancelAsync();

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(source.Token, canceled.CancellationToken);
        Assert.False(_bench.Time.IsWaiting);
    }

    [Fact]
    public async Task Cancel_InARequest_EndsItWithTheCallersToken()
    {
        using var source = new CancellationTokenSource();
        _bench.Server.Then(async (_, cancel) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancel);
            throw new InvalidOperationException("unreachable");
        });

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.Poller.WaitForCompletionAsync(_bench.Accepted(), null, source.Token));

        Assert.Equal(source.Token, canceled.CancellationToken);
        Assert.Empty(_bench.Looks);
    }

    [Fact]
    public async Task Cancel_OfTheEnumeration_EndsIt()
    {
        using var source = new CancellationTokenSource();
        _bench.Server.Shows(() => _bench.Document());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _bench.Poller.WatchAsync(_bench.Accepted()).WithCancellation(source.Token))
            {
                await source.CancelAsync();
            }
        });

        Assert.Single(_bench.Server.Requests);
    }
}
