using System.Net;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>Which documents the poller returns, and what it reports of its polls.</summary>
public sealed class OperationWatchTests : PollerTestBase
{
    [Theory]
    [InlineData(OperationState.Succeeded)]
    [InlineData(OperationState.Failed)]
    [InlineData(OperationState.Canceled)]
    public async Task Watch_EachEnd_IsTheLastDocumentAndThrowsNothing(OperationState end)
    {
        Server
            .Shows(() => Document(OperationState.NotStarted))
            .Shows(() => Document() with { PercentComplete = 40 })
            .Shows(() => Document(end));

        var seen = await WatchAsync();

        Assert.Equal([OperationState.NotStarted, OperationState.Running, end], seen.Select(status => status.State));
        Assert.Equal(40, seen[1].PercentComplete);
    }

    [Fact]
    public async Task Watch_TheSameDocument_IsHandedOnOnceAndAskedForByItsETag()
    {
        var running = Document();
        Server
            .Shows(() => running, "1")
            .Says(HttpStatusCode.NotModified)
            .Shows(() => running, "2")
            .Shows(Succeeded);

        Assert.Equal(2, (await WatchAsync()).Count);

        Assert.Equal([null, "\"1\"", "\"1\"", "\"2\""], Server.Requests.Select(request => request.Headers.GetValueOrDefault("If-None-Match")));
        Assert.Equal([true, false, false, true], Polls.Select(poll => poll.IsNew));
        Assert.Equal([1, 2, 3, 4], Polls.Select(poll => poll.Number));
        Assert.Equal([200, 304, 200, 200], Polls.Select(poll => (int)poll.StatusCode!));
    }

    [Fact]
    public async Task Watch_AnETagWithoutQuotes_IsSentBackAsItCame()
    {
        Server.Shows(() => Document(), null, response => response.Headers.TryAddWithoutValidation("ETag", "abc")).Shows(Succeeded);

        await WatchAsync();

        Assert.Equal("abc", Server.Requests[1].Headers["If-None-Match"]);
    }

    [Fact]
    public async Task Watch_AnOlderDocument_IsIgnoredWithItsETagAndItsEstimate()
    {
        Server
            .Shows(() => Document() with { Estimate = Estimate }, "new")
            .Shows(() => Document(OperationState.NotStarted, TimeSpan.FromHours(1)), "old")
            .Shows(Succeeded);

        Assert.Equal([OperationState.Running, OperationState.Succeeded], (await WatchAsync()).Select(status => status.State));

        Assert.Equal("\"new\"", Server.Requests[2].Headers["If-None-Match"]);
        Assert.Equal(Scheduled(Estimate, Time.Waits[1]), Time.Waits[2]);
        Assert.False(Polls[1].IsNew);
    }

    [Fact]
    public async Task Watch_AnotherDocumentOfTheSameMillisecond_IsNews()
    {
        var at = Time.ServerNow;
        Server
            .Shows(() => Document() with { LastUpdatedAt = at, PercentComplete = 1 })
            .Shows(() => Document() with { LastUpdatedAt = at, PercentComplete = 2 })
            .Shows(() => Document(OperationState.Succeeded) with { LastUpdatedAt = at });

        Assert.Equal([1, 2, null], (await WatchAsync()).Select(status => status.PercentComplete));
    }

    [Fact]
    public async Task Watch_AnEarlierStateOfTheSameMillisecond_IsOld()
    {
        var at = Time.ServerNow;
        Server
            .Shows(() => Document() with { LastUpdatedAt = at })
            .Shows(() => Document(OperationState.NotStarted) with { LastUpdatedAt = at })
            .Shows(Succeeded);

        Assert.Equal([OperationState.Running, OperationState.Succeeded], (await WatchAsync()).Select(status => status.State));
    }

    [Fact]
    public async Task Watch_TheDocumentOfAnotherOperation_IsRefused()
    {
        Server.Shows(() => Document() with { Id = new string('f', 32) });

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => WatchAsync());

        Assert.Contains("another operation", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(2, 2)]
    [InlineData(100, 3)]
    public async Task Polled_AtTheEnd_TellsHowLongItWentUnnoticed(double age, double unnoticed)
    {
        Server.Shows(() => Document(OperationState.Succeeded, TimeSpan.FromSeconds(age)));

        await WatchAsync();

        Assert.InRange(Assert.Single(Polls).Unnoticed!.Value, TimeSpan.FromSeconds(unnoticed), TimeSpan.FromSeconds(unnoticed + 0.5));
    }

    [Fact]
    public async Task Polled_AtAnEndThatWasNotThereAtTheLookBefore_TellsNoMoreThanTheTimeSince()
    {
        Server
            .Shows(() => Document(), "1")
            .Says(HttpStatusCode.NotModified)
            .Shows(() => Document(OperationState.Succeeded) with { LastUpdatedAt = Polls[0].Status!.LastUpdatedAt });

        await WatchAsync();

        Assert.Equal(Time.Waits[2], Polls[2].Unnoticed);
    }

    [Fact]
    public async Task Polled_BeforeTheEndOrWithoutADate_TellsNothingOfIt()
    {
        Server.Shows(() => Document()).Shows(Succeeded, null, response => response.Headers.Date = null);

        await WatchAsync();

        Assert.Equal([null, null], Polls.Select(poll => poll.Unnoticed));
        Assert.Equal(TestDocuments.Id, Polls[0].Status!.Id);
    }

    [Fact]
    public async Task Watch_EnumeratedAgain_BeginsAgain()
    {
        var accepted = Accepted();
        Server.Shows(Succeeded).Shows(Succeeded);

        var watched = Poller.WatchAsync(accepted);

        Assert.Single(await watched.ToListAsync());
        Assert.Single(await watched.ToListAsync());
    }

    [Fact]
    public async Task Watch_LeftEarly_PollsNoMore()
    {
        Server.Shows(() => Document());

        await foreach (var _ in Poller.WatchAsync(Accepted()))
        {
            break;
        }

        Assert.Single(Server.Requests);
        Assert.False(Time.IsWaiting);
    }
}
