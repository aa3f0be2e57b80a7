using System.Net;

namespace OffloadedPolling.Tests.Polling;

/// <summary>When the poller looks.</summary>
public sealed class ScheduleTests : IDisposable
{
    private readonly PollerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task FirstLook_WithAnEstimate_FollowsItsSchedule()
    {
        _bench.Server.Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { Estimate = PollerBench.Estimate });

        Assert.Equal([PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.Zero)], _bench.Time.Waits);
    }

    [Theory]
    [InlineData(30, 30.0)]
    [InlineData(0.01, null)]
    public async Task FirstLook_WithoutAnEstimate_IsNoEarlierThanRetryAfter(double retryAfter, double? expected)
    {
        _bench.Server.Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { RetryAfter = TimeSpan.FromSeconds(retryAfter) });

        Assert.Equal([expected is { } seconds ? TimeSpan.FromSeconds(seconds) : PollerBench.Scheduled(null, TimeSpan.Zero)], _bench.Time.Waits);
    }

    [Fact]
    public async Task FirstLook_WithoutAnEstimateAndJittered_IsNoEarlierThanRetryAfter()
    {
        _bench.Options.Random = () => 0;
        _bench.Server.Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { RetryAfter = TimeSpan.FromSeconds(30) });

        Assert.InRange(Assert.Single(_bench.Time.Waits), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(37.5));
    }

    [Theory]
    [InlineData(30, 2, 0)]
    [InlineData(30, 2, 0.999)]
    [InlineData(2, 2, 0)]
    [InlineData(2, 2.2, 0)]
    public async Task FirstLook_WithoutAnEstimateAndWithAtLeastEvery_IsNoEarlierThanBoth(double retryAfter, double atLeastEvery, double random)
    {
        _bench.Options.AtLeastEvery = TimeSpan.FromSeconds(atLeastEvery);
        _bench.Options.Random = () => random;
        _bench.Server.Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { RetryAfter = TimeSpan.FromSeconds(retryAfter) });

        Assert.InRange(Assert.Single(_bench.Time.Waits), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(atLeastEvery));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.999)]
    public async Task FirstLook_AtADocumentOfUnknownAge_IsNoEarlierThanRetryAfter(double random)
    {
        _bench.Options.Random = () => random;
        _bench.Server.Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with
        {
            Status = OperationState.Running, Estimate = PollerBench.Estimate, RetryAfter = TimeSpan.FromSeconds(8),
        });

        Assert.InRange(Assert.Single(_bench.Time.Waits), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(OperationState.Running, 7)]
    [InlineData(OperationState.Succeeded, 0)]
    public async Task FirstLook_AtADocumentOfUnknownAge_GoesByWhatTheHostSays(OperationState state, double retryAfter)
    {
        _bench.Server.Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with
        {
            Status = state, Estimate = PollerBench.Estimate, RetryAfter = TimeSpan.FromSeconds(retryAfter),
        });

        Assert.Equal(TimeSpan.FromSeconds(retryAfter), _bench.Time.Now);
    }

    [Fact]
    public async Task NextLook_CountsFromTheDocumentsWriting()
    {
        _bench.Server.Shows(() => _bench.Document(age: TimeSpan.FromSeconds(2)) with { Estimate = PollerBench.Estimate }).Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { RetryAfter = TimeSpan.FromSeconds(20) });

        Assert.Equal(PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.FromSeconds(2)), _bench.Time.Waits[1]);
    }

    [Fact]
    public async Task NextLook_AtTheSameDocument_GoesOnAlongTheSchedule()
    {
        _bench.Server
            .Shows(() => _bench.Document() with { Estimate = PollerBench.Estimate }, "1")
            .Says(HttpStatusCode.NotModified)
            .Says(HttpStatusCode.NotModified)
            .Shows(_bench.Succeeded);

        await _bench.WatchAsync();

        var elapsed = TimeSpan.Zero;
        foreach (var wait in _bench.Time.Waits.Skip(1))
        {
            Assert.Equal(PollerBench.Scheduled(PollerBench.Estimate, elapsed), wait);
            elapsed += wait;
        }

        Assert.Equal(4, _bench.Time.Waits.Count);
    }

    [Fact]
    public async Task NextLook_AfterADocumentWithAnotherEstimate_FollowsThat()
    {
        var longer = new OperationEstimate { Median = TimeSpan.FromSeconds(600), Upper = TimeSpan.FromSeconds(900) };
        _bench.Server
            .Shows(() => _bench.Document() with { Estimate = longer })
            .Shows(() => _bench.Document())
            .Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { Estimate = PollerBench.Estimate });

        Assert.Equal(
            [PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.Zero), PollerBench.Scheduled(longer, TimeSpan.Zero), PollerBench.Scheduled(null, _bench.Time.Waits[0] + _bench.Time.Waits[1])],
            _bench.Time.Waits);
    }

    [Fact]
    public async Task NextLook_WithoutAnEstimate_BecomesRarerWhateverProgressIsWritten()
    {
        ShowProgressFor(TimeSpan.FromHours(1));

        await _bench.WatchAsync();

        // Every 30 seconds in the end, after some that grew.
        Assert.InRange(_bench.Looks.Count, 100, 150);
        Assert.All(_bench.Looks, look => Assert.True(look.IsNew));
        Assert.All(_bench.Time.Waits.Skip(20), wait => Assert.Equal(TimeSpan.FromSeconds(30), wait));
    }

    [Theory]
    [InlineData(-100_000)]
    [InlineData(100_000)]
    public async Task NextLook_WithoutAnEstimateAtAnOldOperation_CountsFromItsAcceptByTheServersClocks(double clockError)
    {
        using var bench = new PollerBench(TimeSpan.FromSeconds(clockError));
        bench.Server
            .Shows(() => bench.Document(age: TimeSpan.FromSeconds(1)) with { CreatedAt = bench.Time.ServerNow.AddSeconds(-40) })
            .Shows(bench.Succeeded);

        await bench.Poller.WaitForCompletionAsync(bench.Poller.GetResumeToken(bench.Accepted(null)));

        Assert.Equal([PollerBench.Scheduled(null, TimeSpan.FromSeconds(40))], bench.Time.Waits);
    }

    [Theory]
    [InlineData(-100_000)]
    [InlineData(100_000)]
    public async Task NextLook_WithAWrongClock_IsTheSame(double seconds)
    {
        using var bench = new PollerBench(TimeSpan.FromSeconds(seconds));
        bench.Server.Shows(() => bench.Document(age: TimeSpan.FromSeconds(1)) with { Estimate = PollerBench.Estimate }).Shows(bench.Succeeded);

        await bench.WatchAsync();

        Assert.Equal([TimeSpan.FromSeconds(3), PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.FromSeconds(1))], bench.Time.Waits);
    }

    [Theory]
    [InlineData(-500, 0)]
    [InlineData(500, 3)]
    public async Task NextLook_AtAnImpossibleAge_TakesWhatIsPossible(double age, double taken)
    {
        _bench.Server.Shows(() => _bench.Document(age: TimeSpan.FromSeconds(age)) with { Estimate = PollerBench.Estimate }).Shows(() =>
            _bench.Document(OperationState.Succeeded, TimeSpan.FromDays(-1)));

        await _bench.WatchAsync();

        Assert.Equal(PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.FromSeconds(taken)), _bench.Time.Waits[1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public async Task NextLook_Jittered_LeavesRoomForTheOneAfterIt(double random)
    {
        _bench.Options.Random = () => random;
        _bench.Server.Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { Estimate = PollerBench.Estimate });

        var schedule = new PollSchedule(PollerBench.Estimate, PollSchedule.DefaultTargetDelay(PollerBench.Estimate));
        var delay = schedule.NextDelay(TimeSpan.Zero);
        Assert.Equal([PollerBench.Waited(PollPace.Jitter(delay, schedule.NextDelay(delay), random))], _bench.Time.Waits);
    }

    [Fact]
    public async Task NextLook_WhereTheAnswerHasNoDate_TakesTheDocumentAsNew()
    {
        _bench.Server
            .Shows(() => _bench.Document(age: TimeSpan.FromSeconds(2)) with { Estimate = PollerBench.Estimate }, null, response => response.Headers.Date = null)
            .Shows(_bench.Succeeded);

        await _bench.WatchAsync();

        Assert.Equal(PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.Zero), _bench.Time.Waits[1]);
    }

    [Fact]
    public async Task NextLook_AfterTheReaderTookItsTime_CountsThat()
    {
        _bench.Server.Shows(() => _bench.Document() with { Estimate = PollerBench.Estimate }).Shows(_bench.Succeeded);

        await foreach (var _ in _bench.Poller.WatchAsync(_bench.Accepted()))
        {
            _bench.Time.Pass(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.FromSeconds(10)), _bench.Time.Waits[1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public async Task NextLook_WithAtLeastEvery_IsNoLater(double random)
    {
        _bench.Options.AtLeastEvery = TimeSpan.FromSeconds(2);
        _bench.Options.Random = () => random;
        _bench.Server.Shows(() => _bench.Document() with { Estimate = PollerBench.Estimate }).Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { Estimate = PollerBench.Estimate });

        Assert.All(_bench.Time.Waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task NextLook_WithATargetDelay_HandsItToTheSchedule()
    {
        var target = TimeSpan.FromSeconds(4);
        _bench.Options.TargetDelay = target;
        _bench.Server.Shows(() => _bench.Document() with { Estimate = PollerBench.Estimate }).Shows(_bench.Succeeded);

        await _bench.WatchAsync(_bench.Accepted() with { Estimate = PollerBench.Estimate });

        var expected = PollerBench.Waited(new PollSchedule(PollerBench.Estimate, target).NextDelay(TimeSpan.Zero));
        Assert.Equal([expected, expected], _bench.Time.Waits);
    }

    [Fact]
    public async Task Looks_OfManyWhoBeganAtOnce_Differ()
    {
        var waits = new HashSet<TimeSpan>();
        for (var caller = 0; caller < 5; caller++)
        {
            using var bench = new PollerBench();
            bench.Options.Random = new OperationPollerOptions().Random;
            bench.Server.Shows(bench.Succeeded);
            await bench.WatchAsync(bench.Accepted() with { Estimate = PollerBench.Estimate });
            waits.UnionWith(bench.Time.Waits);
        }

        // Two of them may meet in a millisecond; not all five.
        Assert.InRange(waits.Count, 2, 5);
    }

    // Progress every two seconds: each look finds a document of another two seconds.
    private void ShowProgressFor(TimeSpan duration) => _bench.Server.ShowsAlways(() => _bench.Time.Now >= duration
        ? _bench.Document(OperationState.Succeeded)
        : _bench.Document(age: TimeSpan.FromTicks(_bench.Time.Now.Ticks % TimeSpan.FromSeconds(2).Ticks)));
}
