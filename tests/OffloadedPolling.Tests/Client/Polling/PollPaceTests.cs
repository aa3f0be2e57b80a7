namespace OffloadedPolling.Tests.Client.Polling;

public sealed class PollPaceTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(1_000_000, 30)]
    public void BackOff_ConsecutiveFailures_StaysWithinLimit(int failures, double most)
    {
        Pace(random: 0).BackOff(failures, null).Should().Be(TimeSpan.Zero);
        Pace(random: 0.5).BackOff(failures, null).Should().Be(TimeSpan.FromSeconds(most / 2));
        Pace(random: 1).BackOff(failures, null).Should().Be(TimeSpan.FromSeconds(most));
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0.5, 1)]
    [InlineData(60, 60)]
    public void BackOff_WithRetryAfter_IsNotShorter(double retryAfter, double expected) =>
        Pace(random: 1).BackOff(1, TimeSpan.FromSeconds(retryAfter)).Should().Be(TimeSpan.FromSeconds(expected));

    [Theory]
    [InlineData(8, 8, 0, 6)]
    [InlineData(8, 8, 0.5, 8)]
    [InlineData(8, 8, 1, 10)]
    [InlineData(8, 2, 0, 7.5)]
    [InlineData(8, 2, 1, 8.5)]
    [InlineData(2, 8, 0, 1.5)]
    public void Jitter_IsAtMostQuarterOfSmallerDelay(double delay, double following, double random, double expected) =>
        PollPace.Jitter(TimeSpan.FromSeconds(delay), TimeSpan.FromSeconds(following), random).Should().Be(TimeSpan.FromSeconds(expected));

    [Theory]
    [InlineData(4, 3, 10, 4)]
    [InlineData(2.5, 3, 10, 3.5)]
    [InlineData(11, 3, 10, 9)]
    [InlineData(1, 0, 0.25, 0)]
    [InlineData(1.5, 2, 2, 2)]
    [InlineData(2.5, 2, 2, 2)]
    [InlineData(1, 2, 2.5, 2)]
    public void Within_OutsideBounds_IsMirrored(double wait, double least, double most, double expected) =>
        PollPace.Within(TimeSpan.FromSeconds(wait), TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most))
            .Should().Be(TimeSpan.FromSeconds(expected));

    [Fact]
    public void Follow_EqualEstimate_KeepsSchedule()
    {
        var pace = new PollPace(new OperationPollerOptions(), Measured(13));
        var schedule = pace.Schedule;

        pace.Follow(Measured(13));
        pace.Schedule.Should().BeSameAs(schedule);

        pace.Follow(Measured(14));
        pace.Schedule.Should().NotBeSameAs(schedule);
        schedule = pace.Schedule;

        pace.Follow(Measured(14) with { Quantiles = null });
        pace.Schedule.Should().NotBeSameAs(schedule);
        schedule = pace.Schedule;

        pace.Follow(Measured(14) with { Quantiles = null });
        pace.Schedule.Should().BeSameAs(schedule);
    }

    private static PollPace Pace(double random) => new(new OperationPollerOptions { Random = () => random }, null);

    private static OperationEstimate Measured(int last) => new()
    {
        Median = TimeSpan.FromSeconds(7),
        Upper = TimeSpan.FromSeconds(11),
        Quantiles = [.. Enumerable.Range(1, 12).Append(last).Select(second => TimeSpan.FromSeconds(second))],
    };
}
