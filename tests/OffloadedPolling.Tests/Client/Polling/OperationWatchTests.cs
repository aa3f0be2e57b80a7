using System.Net;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>Which documents the poller returns, and what it reports about its polls.</summary>
public sealed class OperationWatchTests : PollerTestBase
{
    [Theory]
    [InlineData(OperationState.Succeeded)]
    [InlineData(OperationState.Failed)]
    [InlineData(OperationState.Canceled)]
    public async Task WatchAsync_OperationEnds_ReturnsTerminalDocumentLast(OperationState end)
    {
        Server
            .Shows(() => Document(OperationState.NotStarted))
            .Shows(() => Document() with { PercentComplete = 40 })
            .Shows(() => Document(end));

        var seen = await WatchAsync();

        seen.Select(status => status.State).Should().Equal(OperationState.NotStarted, OperationState.Running, end);
        seen[1].PercentComplete.Should().Be(40);
    }

    [Fact]
    public async Task WatchAsync_DocumentUnchanged_ReturnsOnceAndSendsETag()
    {
        var running = Document();
        Server
            .Shows(() => running, "1")
            .Says(HttpStatusCode.NotModified)
            .Shows(() => running, "2")
            .Shows(Succeeded);

        (await WatchAsync()).Should().HaveCount(2);

        Server.Requests.Select(request => request.Headers.GetValueOrDefault("If-None-Match"))
            .Should().Equal(null, "\"1\"", "\"1\"", "\"2\"");
        Polls.Select(poll => poll.IsNew).Should().Equal(true, false, false, true);
        Polls.Select(poll => poll.Number).Should().Equal(1, 2, 3, 4);
        Polls.Select(poll => (int)poll.StatusCode!).Should().Equal(200, 304, 200, 200);
    }

    [Fact]
    public async Task WatchAsync_UnquotedETag_IsSentUnchanged()
    {
        Server.Shows(() => Document(), null, response => response.Headers.TryAddWithoutValidation("ETag", "abc")).Shows(Succeeded);

        await WatchAsync();

        Server.Requests[1].Headers["If-None-Match"].Should().Be("abc");
    }

    [Fact]
    public async Task WatchAsync_OlderDocument_IsIgnored()
    {
        Server
            .Shows(() => Document() with { Estimate = Estimate }, "new")
            .Shows(() => Document(OperationState.NotStarted, TimeSpan.FromHours(1)), "old")
            .Shows(Succeeded);

        (await WatchAsync()).Select(status => status.State).Should().Equal(OperationState.Running, OperationState.Succeeded);

        Server.Requests[2].Headers["If-None-Match"].Should().Be("\"new\"");
        Time.Waits[2].Should().Be(Scheduled(Estimate, Time.Waits[1]));
        Polls[1].IsNew.Should().BeFalse();
    }

    [Fact]
    public async Task WatchAsync_ChangedInSameMillisecond_ReturnsDocument()
    {
        var at = Time.ServerNow;
        Server
            .Shows(() => Document() with { LastUpdatedAt = at, PercentComplete = 1 })
            .Shows(() => Document() with { LastUpdatedAt = at, PercentComplete = 2 })
            .Shows(() => Document(OperationState.Succeeded) with { LastUpdatedAt = at });

        (await WatchAsync()).Select(status => status.PercentComplete).Should().Equal(1, 2, null);
    }

    [Fact]
    public async Task WatchAsync_EarlierStateInSameMillisecond_IsIgnored()
    {
        var at = Time.ServerNow;
        Server
            .Shows(() => Document() with { LastUpdatedAt = at })
            .Shows(() => Document(OperationState.NotStarted) with { LastUpdatedAt = at })
            .Shows(Succeeded);

        (await WatchAsync()).Select(status => status.State).Should().Equal(OperationState.Running, OperationState.Succeeded);
    }

    [Fact]
    public async Task WatchAsync_DocumentOfOtherOperation_Throws()
    {
        Server.Shows(() => Document() with { Id = new string('f', 32) });

        var refused = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<InvalidOperationException>()).Which;

        refused.Message.Should().Contain("another operation");
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(2, 2)]
    [InlineData(100, 3)]
    public async Task Polled_OperationEnded_ReportsUnnoticedTime(double age, double unnoticed)
    {
        Server.Shows(() => Document(OperationState.Succeeded, TimeSpan.FromSeconds(age)));

        await WatchAsync();

        Polls.Should().ContainSingle().Which.Unnoticed!.Value.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(unnoticed))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(unnoticed + 0.5));
    }

    [Fact]
    public async Task Polled_PreviousPollSawNoEnd_LimitsUnnoticedTime()
    {
        Server
            .Shows(() => Document(), "1")
            .Says(HttpStatusCode.NotModified)
            .Shows(() => Document(OperationState.Succeeded) with { LastUpdatedAt = Polls[0].Status!.LastUpdatedAt });

        await WatchAsync();

        Polls[2].Unnoticed.Should().Be(Time.Waits[2]);
    }

    [Fact]
    public async Task Polled_NotEndedOrNoDateHeader_UnnoticedIsNull()
    {
        Server.Shows(() => Document()).Shows(Succeeded, null, response => response.Headers.Date = null);

        await WatchAsync();

        Polls.Select(poll => poll.Unnoticed).Should().Equal([null, null]);
        Polls[0].Status!.Id.Should().Be(TestDocuments.Id);
    }

    [Fact]
    public async Task WatchAsync_EnumeratedTwice_StartsOver()
    {
        var accepted = Accepted();
        Server.Shows(Succeeded).Shows(Succeeded);

        var watched = Poller.WatchAsync(accepted);

        (await watched.ToListAsync()).Should().ContainSingle();
        (await watched.ToListAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task WatchAsync_EnumerationStops_StopsPolling()
    {
        Server.Shows(() => Document());

        await foreach (var _ in Poller.WatchAsync(Accepted()))
        {
            break;
        }

        Server.Requests.Should().ContainSingle();
        Time.IsWaiting.Should().BeFalse();
    }
}
