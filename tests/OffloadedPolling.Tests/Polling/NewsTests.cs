using System.Net;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>What the poller hands on, and what it tells of its looks.</summary>
public sealed class NewsTests : IDisposable
{
    private readonly PollerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(OperationState.Succeeded)]
    [InlineData(OperationState.Failed)]
    [InlineData(OperationState.Canceled)]
    public async Task Watch_EachEnd_IsTheLastDocumentAndThrowsNothing(OperationState end)
    {
        _bench.Server
            .Shows(() => _bench.Document(OperationState.NotStarted))
            .Shows(() => _bench.Document() with { PercentComplete = 40 })
            .Shows(() => _bench.Document(end));

        var seen = await _bench.WatchAsync();

        Assert.Equal([OperationState.NotStarted, OperationState.Running, end], seen.Select(status => status.State));
        Assert.Equal(40, seen[1].PercentComplete);
    }

    [Fact]
    public async Task Watch_TheSameDocument_IsHandedOnOnceAndAskedForByItsETag()
    {
        var running = _bench.Document();
        _bench.Server
            .Shows(() => running, "1")
            .Says(HttpStatusCode.NotModified)
            .Shows(() => running, "2")
            .Shows(_bench.Succeeded);

        Assert.Equal(2, (await _bench.WatchAsync()).Count);

        Assert.Equal([null, "\"1\"", "\"1\"", "\"2\""], _bench.Server.Requests.Select(request => request.Headers.GetValueOrDefault("If-None-Match")));
        Assert.Equal([true, false, false, true], _bench.Looks.Select(look => look.IsNew));
        Assert.Equal([1, 2, 3, 4], _bench.Looks.Select(look => look.Number));
        Assert.Equal([200, 304, 200, 200], _bench.Looks.Select(look => (int)look.StatusCode!));
    }

    [Fact]
    public async Task Watch_AnETagWithoutQuotes_IsSentBackAsItCame()
    {
        _bench.Server.Shows(() => _bench.Document(), null, response => response.Headers.TryAddWithoutValidation("ETag", "abc")).Shows(_bench.Succeeded);

        await _bench.WatchAsync();

        Assert.Equal("abc", _bench.Server.Requests[1].Headers["If-None-Match"]);
    }

    [Fact]
    public async Task Watch_AnOlderDocument_IsIgnoredWithItsETagAndItsEstimate()
    {
        _bench.Server
            .Shows(() => _bench.Document() with { Estimate = PollerBench.Estimate }, "new")
            .Shows(() => _bench.Document(OperationState.NotStarted, TimeSpan.FromHours(1)), "old")
            .Shows(_bench.Succeeded);

        Assert.Equal([OperationState.Running, OperationState.Succeeded], (await _bench.WatchAsync()).Select(status => status.State));

        Assert.Equal("\"new\"", _bench.Server.Requests[2].Headers["If-None-Match"]);
        Assert.Equal(PollerBench.Scheduled(PollerBench.Estimate, _bench.Time.Waits[1]), _bench.Time.Waits[2]);
        Assert.False(_bench.Looks[1].IsNew);
    }

    [Fact]
    public async Task Watch_AnotherDocumentOfTheSameMillisecond_IsNews()
    {
        var at = _bench.Time.ServerNow;
        _bench.Server
            .Shows(() => _bench.Document() with { LastUpdatedAt = at, PercentComplete = 1 })
            .Shows(() => _bench.Document() with { LastUpdatedAt = at, PercentComplete = 2 })
            .Shows(() => _bench.Document(OperationState.Succeeded) with { LastUpdatedAt = at });

        Assert.Equal([1, 2, null], (await _bench.WatchAsync()).Select(status => status.PercentComplete));
    }

    [Fact]
    public async Task Watch_AnEarlierStateOfTheSameMillisecond_IsOld()
    {
        var at = _bench.Time.ServerNow;
        _bench.Server
            .Shows(() => _bench.Document() with { LastUpdatedAt = at })
            .Shows(() => _bench.Document(OperationState.NotStarted) with { LastUpdatedAt = at })
            .Shows(_bench.Succeeded);

        Assert.Equal([OperationState.Running, OperationState.Succeeded], (await _bench.WatchAsync()).Select(status => status.State));
    }

    [Fact]
    public async Task Watch_TheDocumentOfAnotherOperation_IsRefused()
    {
        _bench.Server.Shows(() => _bench.Document() with { Id = new string('f', 32) });

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.WatchAsync());

        Assert.Contains("another operation", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(2, 2)]
    [InlineData(100, 3)]
    public async Task Looked_AtTheEnd_TellsHowLongItWentUnnoticed(double age, double unnoticed)
    {
        _bench.Server.Shows(() => _bench.Document(OperationState.Succeeded, TimeSpan.FromSeconds(age)));

        await _bench.WatchAsync();

        Assert.InRange(Assert.Single(_bench.Looks).Unnoticed!.Value, TimeSpan.FromSeconds(unnoticed), TimeSpan.FromSeconds(unnoticed + 0.5));
    }

    [Fact]
    public async Task Looked_AtAnEndThatWasNotThereAtTheLookBefore_TellsNoMoreThanTheTimeSince()
    {
        _bench.Server
            .Shows(() => _bench.Document(), "1")
            .Says(HttpStatusCode.NotModified)
            .Shows(() => _bench.Document(OperationState.Succeeded) with { LastUpdatedAt = _bench.Looks[0].Status!.LastUpdatedAt });

        await _bench.WatchAsync();

        Assert.Equal(_bench.Time.Waits[2], _bench.Looks[2].Unnoticed);
    }

    [Fact]
    public async Task Looked_BeforeTheEndOrWithoutADate_TellsNothingOfIt()
    {
        _bench.Server.Shows(() => _bench.Document()).Shows(_bench.Succeeded, null, response => response.Headers.Date = null);

        await _bench.WatchAsync();

        Assert.Equal([null, null], _bench.Looks.Select(look => look.Unnoticed));
        Assert.Equal(TestDocuments.Id, _bench.Looks[0].Status!.Id);
    }

    [Fact]
    public async Task Watch_EnumeratedAgain_BeginsAgain()
    {
        var accepted = _bench.Accepted();
        _bench.Server.Shows(_bench.Succeeded).Shows(_bench.Succeeded);

        var watched = _bench.Poller.WatchAsync(accepted);

        Assert.Single(await watched.ToListAsync());
        Assert.Single(await watched.ToListAsync());
    }

    [Fact]
    public async Task Watch_LeftEarly_LooksNoMore()
    {
        _bench.Server.Shows(() => _bench.Document());

        await foreach (var _ in _bench.Poller.WatchAsync(_bench.Accepted()))
        {
            break;
        }

        Assert.Single(_bench.Server.Requests);
        Assert.False(_bench.Time.IsWaiting);
    }
}
