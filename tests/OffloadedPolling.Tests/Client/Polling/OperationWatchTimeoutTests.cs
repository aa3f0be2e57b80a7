using System.Net;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>Timeouts and cancellation end a wait before the operation ends.</summary>
public sealed class OperationWatchTimeoutTests : PollerTestBase
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Timeout_DuringWait_ThrowsAtDeadline()
    {
        Options.Timeout = _deadline;
        Server.Shows(() => Document() with { Estimate = Estimate });

        var late = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<OperationTimeoutException>()).Which;

        Time.Now.Should().Be(_deadline);
        late.LastStatus!.State.Should().Be(OperationState.Running);
        late.ResumeToken.Should().Be(Poller.GetResumeToken(Accepted()));
        late.Message.Should().Contain("Running");
    }

    [Fact]
    public async Task Timeout_DuringRequest_ThrowsAtDeadline()
    {
        Options.Timeout = _deadline;
        Server.Hangs();

        var late = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<OperationTimeoutException>()).Which;

        Time.Now.Should().Be(_deadline);
        late.LastStatus.Should().BeNull();
    }

    [Fact]
    public async Task Timeout_DuringRenewal_ThrowsAtDeadline()
    {
        Options.Timeout = _deadline;
        Server.Says(HttpStatusCode.Forbidden, ScriptedServer.UrlExpired).Hangs();

        await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<OperationTimeoutException>();

        Time.Now.Should().Be(_deadline);
    }

    [Fact]
    public async Task Timeout_AfterFaults_IncludesFaultInMessage()
    {
        Options.Timeout = _deadline;
        Options.Random = () => 0.99;
        Server.Says(HttpStatusCode.BadGateway).Says(HttpStatusCode.BadGateway).Says(HttpStatusCode.BadGateway);

        var late = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<OperationTimeoutException>()).Which;

        late.Message.Should().Contain("502");
    }

    [Fact]
    public async Task Timeout_ResumeToken_ResumesOperation()
    {
        Options.Timeout = _deadline;
        Server.Hangs();
        var late = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<OperationTimeoutException>()).Which;

        Server.Renews(Accepted(statusUrl: NewStatusUrl)).Shows(Succeeded);
        (await Poller.WaitForCompletionAsync(late.ResumeToken!)).State.Should().Be(OperationState.Succeeded);
        Server.Requests[2].Url.Should().Be(NewStatusUrl);
    }

    [Fact]
    public async Task Timeout_NoOperationUrl_ResumeTokenIsNull()
    {
        Options.Timeout = _deadline;
        Server.Hangs();

        (await FluentActions.Awaiting(() => WatchAsync(Accepted(null)))
            .Should().ThrowExactlyAsync<OperationTimeoutException>()).Which.ResumeToken.Should().BeNull();
    }

    [Fact]
    public async Task Cancellation_DuringWait_ThrowsWithCallerToken()
    {
        using var source = new CancellationTokenSource();
        Time.Hold = true;
        var waiting = Poller.WaitForCompletionAsync(Accepted(), null, source.Token);
        await Eventually.TrueAsync(() => Time.IsWaiting, TimeSpan.FromSeconds(30), () => "the poller is not waiting");

        await source.CancelAsync();

        var canceled = (await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>()).Which;
        canceled.CancellationToken.Should().Be(source.Token);
        Time.IsWaiting.Should().BeFalse();
    }

    [Fact]
    public async Task Cancellation_DuringRequest_ThrowsWithCallerToken()
    {
        using var source = new CancellationTokenSource();
        Server.Then(async (_, cancellationToken) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("unreachable");
        });

        var canceled = (await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync(Accepted(), null, source.Token))
            .Should().ThrowAsync<OperationCanceledException>()).Which;

        canceled.CancellationToken.Should().Be(source.Token);
        Polls.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancellation_DuringEnumeration_Throws()
    {
        using var source = new CancellationTokenSource();
        Server.Shows(() => Document());

        await FluentActions.Awaiting(async () =>
        {
            await foreach (var _ in Poller.WatchAsync(Accepted()).WithCancellation(source.Token))
            {
                await source.CancelAsync();
            }
        }).Should().ThrowAsync<OperationCanceledException>();

        Server.Requests.Should().ContainSingle();
    }
}
