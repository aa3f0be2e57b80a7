using System.Net;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>What ends a wait before the operation does.</summary>
public sealed class OperationWatchTimeoutTests : PollerTestBase
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Deadline_InAWait_CutsItShort()
    {
        Options.Timeout = _deadline;
        Server.Shows(() => Document() with { Estimate = Estimate });

        var late = await Assert.ThrowsAsync<OperationTimeoutException>(() => WatchAsync());

        Assert.Equal(_deadline, Time.Now);
        Assert.Equal(OperationState.Running, late.LastStatus!.State);
        Assert.Equal(Poller.GetResumeToken(Accepted()), late.ResumeToken);
        Assert.Contains("Running", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_InARequest_CutsItShort()
    {
        Options.Timeout = _deadline;
        Server.Hangs();

        var late = await Assert.ThrowsAsync<OperationTimeoutException>(() => WatchAsync());

        Assert.Equal(_deadline, Time.Now);
        Assert.Null(late.LastStatus);
    }

    [Fact]
    public async Task Deadline_InARenewal_CutsItShort()
    {
        Options.Timeout = _deadline;
        Server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Hangs();

        await Assert.ThrowsAsync<OperationTimeoutException>(() => WatchAsync());

        Assert.Equal(_deadline, Time.Now);
    }

    [Fact]
    public async Task Deadline_AfterTrouble_TellsOfIt()
    {
        Options.Timeout = _deadline;
        Options.Random = () => 0.99;
        Server.Says(HttpStatusCode.BadGateway).Says(HttpStatusCode.BadGateway).Says(HttpStatusCode.BadGateway);

        var late = await Assert.ThrowsAsync<OperationTimeoutException>(() => WatchAsync());

        Assert.Contains("502", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadline_GivesATokenThatGoesOn()
    {
        Options.Timeout = _deadline;
        Server.Hangs();
        var late = await Assert.ThrowsAsync<OperationTimeoutException>(() => WatchAsync());

        Server.Renews(Accepted(statusUrl: NewStatusUrl)).Shows(Succeeded);
        Assert.Equal(OperationState.Succeeded, (await Poller.WaitForCompletionAsync(late.ResumeToken!)).State);
        Assert.Equal(NewStatusUrl, Server.Requests[2].Url);
    }

    [Fact]
    public async Task Deadline_WithoutAnOperationUrl_GivesNoToken()
    {
        Options.Timeout = _deadline;
        Server.Hangs();

        Assert.Null((await Assert.ThrowsAsync<OperationTimeoutException>(() => WatchAsync(Accepted(null)))).ResumeToken);
    }

    [Fact]
    public async Task Cancel_InAWait_EndsItWithTheCallersToken()
    {
        using var source = new CancellationTokenSource();
        Time.Hold = true;
        var waiting = Poller.WaitForCompletionAsync(Accepted(), null, source.Token);
        await Eventually.TrueAsync(() => Time.IsWaiting, TimeSpan.FromSeconds(30), () => "it does not wait");

        await source.CancelAsync();

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(source.Token, canceled.CancellationToken);
        Assert.False(Time.IsWaiting);
    }

    [Fact]
    public async Task Cancel_InARequest_EndsItWithTheCallersToken()
    {
        using var source = new CancellationTokenSource();
        Server.Then(async (_, cancel) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancel);
            throw new InvalidOperationException("unreachable");
        });

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Poller.WaitForCompletionAsync(Accepted(), null, source.Token));

        Assert.Equal(source.Token, canceled.CancellationToken);
        Assert.Empty(Polls);
    }

    [Fact]
    public async Task Cancel_OfTheEnumeration_EndsIt()
    {
        using var source = new CancellationTokenSource();
        Server.Shows(() => Document());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Poller.WatchAsync(Accepted()).WithCancellation(source.Token))
            {
                await source.CancelAsync();
            }
        });

        Assert.Single(Server.Requests);
    }
}
