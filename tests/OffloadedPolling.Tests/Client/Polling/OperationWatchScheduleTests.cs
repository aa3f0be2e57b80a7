using System.Net;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>When the poller polls.</summary>
public sealed class OperationWatchScheduleTests : PollerTestBase
{
    [Fact]
    public async Task FirstPoll_WithEstimate_FollowsSchedule()
    {
        Server.Shows(Succeeded);

        await WatchAsync(Accepted() with { Estimate = Estimate });

        Time.Waits.Should().Equal(Scheduled(Estimate, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(30, 30.0)]
    [InlineData(0.01, null)]
    public async Task FirstPoll_NoEstimate_IsNotBeforeRetryAfter(double retryAfter, double? expected)
    {
        Server.Shows(Succeeded);

        await WatchAsync(Accepted() with { RetryAfter = TimeSpan.FromSeconds(retryAfter) });

        Time.Waits.Should().Equal(expected is { } seconds ? TimeSpan.FromSeconds(seconds) : Scheduled(null, TimeSpan.Zero));
    }

    [Fact]
    public async Task FirstPoll_NoEstimateWithJitter_IsNotBeforeRetryAfter()
    {
        Options.Random = () => 0;
        Server.Shows(Succeeded);

        await WatchAsync(Accepted() with { RetryAfter = TimeSpan.FromSeconds(30) });

        Time.Waits.Should().ContainSingle().Which.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(37.5));
    }

    [Theory]
    [InlineData(30, 2, 0)]
    [InlineData(30, 2, 0.999)]
    [InlineData(2, 2, 0)]
    [InlineData(2, 2.2, 0)]
    public async Task FirstPoll_NoEstimateWithAtLeastEvery_StaysWithinBounds(
        double retryAfter, double atLeastEvery, double random)
    {
        Options.AtLeastEvery = TimeSpan.FromSeconds(atLeastEvery);
        Options.Random = () => random;
        Server.Shows(Succeeded);

        await WatchAsync(Accepted() with { RetryAfter = TimeSpan.FromSeconds(retryAfter) });

        Time.Waits.Should().ContainSingle().Which.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(atLeastEvery));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.999)]
    public async Task FirstPoll_DocumentAgeUnknown_IsNotBeforeRetryAfter(double random)
    {
        Options.Random = () => random;
        Server.Shows(Succeeded);

        await WatchAsync(Accepted() with
        {
            Status = OperationState.Running, Estimate = Estimate, RetryAfter = TimeSpan.FromSeconds(8),
        });

        Time.Waits.Should().ContainSingle().Which.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(8))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(OperationState.Running, 7)]
    [InlineData(OperationState.Succeeded, 0)]
    public async Task FirstPoll_DocumentAgeUnknown_WaitsForRetryAfter(OperationState state, double retryAfter)
    {
        Server.Shows(Succeeded);

        await WatchAsync(Accepted() with
        {
            Status = state, Estimate = Estimate, RetryAfter = TimeSpan.FromSeconds(retryAfter),
        });

        Time.Now.Should().Be(TimeSpan.FromSeconds(retryAfter));
    }

    [Fact]
    public async Task NextPoll_CountsFromLastUpdatedAt()
    {
        Server.Shows(() => Document(age: TimeSpan.FromSeconds(2)) with { Estimate = Estimate }).Shows(Succeeded);

        await WatchAsync(Accepted() with { RetryAfter = TimeSpan.FromSeconds(20) });

        Time.Waits[1].Should().Be(Scheduled(Estimate, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task NextPoll_DocumentUnchanged_ContinuesSchedule()
    {
        Server
            .Shows(() => Document() with { Estimate = Estimate }, "1")
            .Says(HttpStatusCode.NotModified)
            .Says(HttpStatusCode.NotModified)
            .Shows(Succeeded);

        await WatchAsync();

        var elapsed = TimeSpan.Zero;
        foreach (var wait in Time.Waits.Skip(1))
        {
            wait.Should().Be(Scheduled(Estimate, elapsed));
            elapsed += wait;
        }

        Time.Waits.Should().HaveCount(4);
    }

    [Fact]
    public async Task NextPoll_EstimateChanges_FollowsNewEstimate()
    {
        var longer = new OperationEstimate { Median = TimeSpan.FromSeconds(600), Upper = TimeSpan.FromSeconds(900) };
        Server
            .Shows(() => Document() with { Estimate = longer })
            .Shows(() => Document())
            .Shows(Succeeded);

        await WatchAsync(Accepted() with { Estimate = Estimate });

        Time.Waits.Should().Equal(
            Scheduled(Estimate, TimeSpan.Zero), Scheduled(longer, TimeSpan.Zero), Scheduled(null, Time.Waits[0] + Time.Waits[1]));
    }

    [Fact]
    public async Task NextPoll_NoEstimate_BacksOffDespiteProgress()
    {
        ShowProgressFor(TimeSpan.FromHours(1));

        await WatchAsync();

        // The waits grow to 30 seconds.
        Polls.Count.Should().BeInRange(100, 150);
        Polls.Should().AllSatisfy(poll => poll.IsNew.Should().BeTrue());
        Time.Waits.Skip(20).Should().AllSatisfy(wait => wait.Should().Be(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(-100_000)]
    [InlineData(100_000)]
    public async Task NextPoll_NoEstimate_CountsFromCreatedAtByServerClock(double clockError)
    {
        Time.ClockError = TimeSpan.FromSeconds(clockError);
        Server
            .Shows(() => Document(age: TimeSpan.FromSeconds(1)) with { CreatedAt = Time.ServerNow.AddSeconds(-40) })
            .Shows(Succeeded);

        await Poller.WaitForCompletionAsync(Poller.GetResumeToken(Accepted(null)));

        Time.Waits.Should().Equal(Scheduled(null, TimeSpan.FromSeconds(40)));
    }

    [Theory]
    [InlineData(-100_000)]
    [InlineData(100_000)]
    public async Task NextPoll_CallerClockIsWrong_IsUnchanged(double seconds)
    {
        Time.ClockError = TimeSpan.FromSeconds(seconds);
        Server.Shows(() => Document(age: TimeSpan.FromSeconds(1)) with { Estimate = Estimate }).Shows(Succeeded);

        await WatchAsync();

        Time.Waits.Should().Equal(TimeSpan.FromSeconds(3), Scheduled(Estimate, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(-500, 0)]
    [InlineData(500, 3)]
    public async Task NextPoll_ImpossibleDocumentAge_IsClamped(double age, double taken)
    {
        Server.Shows(() => Document(age: TimeSpan.FromSeconds(age)) with { Estimate = Estimate }).Shows(() =>
            Document(OperationState.Succeeded, TimeSpan.FromDays(-1)));

        await WatchAsync();

        Time.Waits[1].Should().Be(Scheduled(Estimate, TimeSpan.FromSeconds(taken)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public async Task FirstPoll_WithJitter_IsLimitedByFollowingDelay(double random)
    {
        Options.Random = () => random;
        Server.Shows(Succeeded);

        await WatchAsync(Accepted() with { Estimate = Estimate });

        var schedule = new PollSchedule(Estimate, PollSchedule.DefaultTargetDelay(Estimate));
        var delay = schedule.NextDelay(TimeSpan.Zero);
        Time.Waits.Should().Equal(Waited(PollPace.Jitter(delay, schedule.NextDelay(delay), random)));
    }

    [Fact]
    public async Task NextPoll_NoDateHeader_TreatsDocumentAsNew()
    {
        Server
            .Shows(
                () => Document(age: TimeSpan.FromSeconds(2)) with { Estimate = Estimate },
                change: response => response.Headers.Date = null)
            .Shows(Succeeded);

        await WatchAsync();

        Time.Waits[1].Should().Be(Scheduled(Estimate, TimeSpan.Zero));
    }

    [Fact]
    public async Task NextPoll_ConsumerIsSlow_CountsElapsedTime()
    {
        Server.Shows(() => Document() with { Estimate = Estimate }).Shows(Succeeded);

        await foreach (var _ in Poller.WatchAsync(Accepted()))
        {
            Time.Pass(TimeSpan.FromSeconds(10));
        }

        Time.Waits[1].Should().Be(Scheduled(Estimate, TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public async Task NextPoll_WithAtLeastEvery_IsNotLater(double random)
    {
        Options.AtLeastEvery = TimeSpan.FromSeconds(2);
        Options.Random = () => random;
        Server.Shows(() => Document() with { Estimate = Estimate }).Shows(Succeeded);

        await WatchAsync(Accepted() with { Estimate = Estimate });

        Time.Waits.Should().AllSatisfy(wait =>
            wait.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1.5)).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task NextPoll_WithTargetDelay_UsesItInSchedule()
    {
        var target = TimeSpan.FromSeconds(4);
        Options.TargetDelay = target;
        Server.Shows(() => Document() with { Estimate = Estimate }).Shows(Succeeded);

        await WatchAsync(Accepted() with { Estimate = Estimate });

        var expected = Waited(new PollSchedule(Estimate, target).NextDelay(TimeSpan.Zero));
        Time.Waits.Should().Equal(expected, expected);
    }

    [Fact]
    public async Task FirstPoll_CallersStartTogether_WaitsDiffer()
    {
        Options.Random = new OperationPollerOptions().Random;
        for (var caller = 0; caller < 5; caller++)
        {
            Server.Shows(Succeeded);
            await WatchAsync(Accepted() with { Estimate = Estimate });
        }

        // Two waits may fall into the same millisecond, but not all five.
        Time.Waits.Distinct().Should().HaveCountGreaterThan(1);
    }

    // Writes progress every two seconds, so each poll finds a new document.
    private void ShowProgressFor(TimeSpan duration) => Server.ShowsAlways(() => Time.Now >= duration
        ? Document(OperationState.Succeeded)
        : Document(age: TimeSpan.FromTicks(Time.Now.Ticks % TimeSpan.FromSeconds(2).Ticks)));
}
