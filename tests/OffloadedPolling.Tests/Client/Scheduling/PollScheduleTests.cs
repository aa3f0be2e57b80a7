namespace OffloadedPolling.Tests.Client.Scheduling;

public sealed class PollScheduleTests
{
    public static TheoryData<string> Vectors => [.. ScheduleVector.All.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void NextDelay_MatchesTestVectors(string name)
    {
        var vector = ScheduleVector.All.Single(vector => vector.Name == name);
        var schedule = new PollSchedule(vector.Estimate, TimeSpan.FromSeconds(vector.TargetDelay));

        vector.Elapsed.Should().NotBeEmpty();
        vector.Elapsed.Zip(vector.NextDelay).Should().AllSatisfy(pair =>
            schedule.NextDelay(TimeSpan.FromSeconds(pair.First)).TotalSeconds
                .Should().BeApproximately(pair.Second, 0.001 + (0.001 * pair.Second)));
    }

    // The optimum for log-normal durations with a mean of 10 s, computed numerically elsewhere: polls for a mean delay of 0.5 s and 1 s.
    [Theory]
    [InlineData(0.25, 4.4, 2.4)]
    [InlineData(0.5, 7.4, 3.9)]
    [InlineData(1, 10.0, 5.4)]
    public void NextDelay_LogNormal_IsOptimal(double sigma, double pollsAtHalf, double pollsAtOne)
    {
        var median = 10 * Math.Exp(-sigma * sigma / 2);
        foreach (var target in (double[])[0.5, 0.7, 1])
        {
            var schedule = new PollSchedule(LogNormal(median, sigma), TimeSpan.FromSeconds(target));

            var (count, delay) = Follow(schedule, seconds => StandardNormal.Cdf(Math.Log(seconds / median) / sigma), mean: 10);

            delay.Should().BeApproximately(target, 0.1 * target);
            count.Should().BeApproximately(pollsAtOne * Math.Pow(delay, -Math.Log2(pollsAtHalf / pollsAtOne)), 0.05 * count);
        }
    }

    [Fact]
    public void NextDelay_TwoPeaks_RarelyPollsBetweenThem()
    {
        // Half of the operations take about 4 s, the other half about 16 s.
        var schedule = new PollSchedule(
            new OperationEstimate
            {
                Median = TimeSpan.FromSeconds(7),
                Upper = TimeSpan.FromSeconds(18.5),
                Quantiles = Seconds(2.6, 3, 3.3, 3.7, 4, 4.5, 7, 14, 15.1, 16.3, 18.5, 20.3, 24),
            }, TimeSpan.FromSeconds(0.5));

        var polls = Times(schedule).TakeWhile(seconds => seconds < 30).ToList();

        polls.Count(seconds => seconds < 6).Should().BeGreaterThanOrEqualTo(3, string.Join(", ", polls));
        polls.Count(seconds => seconds is > 7 and < 12).Should().BeLessThanOrEqualTo(1, string.Join(", ", polls));
        polls.Count(seconds => seconds is > 12 and < 20).Should().BeGreaterThanOrEqualTo(5, string.Join(", ", polls));
    }

    [Fact]
    public void NextDelay_NoEstimate_GrowsGradually()
    {
        var schedule = new PollSchedule(null, PollSchedule.DefaultTargetDelay(null));
        var delays = Enumerable.Range(0, 300).Select(seconds => schedule.NextDelay(TimeSpan.FromSeconds(seconds)).TotalSeconds).ToList();

        delays[0].Should().Be(1);
        delays[^1].Should().Be(30);
        delays.Zip(delays.Skip(1)).Should().AllSatisfy(pair => (pair.Second - pair.First).Should().BeInRange(0, 0.26));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 4)]
    [InlineData(0, 9)]
    public void NextDelay_InvalidEstimate_IsIgnored(double median, double upper)
    {
        var estimate = new OperationEstimate { Median = TimeSpan.FromSeconds(median), Upper = TimeSpan.FromSeconds(upper) };
        var (schedule, unknown) = (new PollSchedule(estimate, TimeSpan.FromSeconds(1)), new PollSchedule(null, TimeSpan.FromSeconds(1)));

        schedule.NextDelay(TimeSpan.FromSeconds(7)).Should().Be(unknown.NextDelay(TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public void NextDelay_RandomEstimate_MeetsTargetAndIsMonotonic()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var median = Math.Pow(10, (random.NextDouble() * 8) - 3);
            var estimate = LogNormal(median, random.NextDouble() * 2);
            var quantiles = OperationEstimate.QuantileLevels.Select(_ => TimeSpan.FromSeconds(
                median * Math.Pow(10, random.NextDouble() * 2))).Order().ToList();
            estimate = round % 2 == 0 ? estimate : estimate with { Quantiles = quantiles };
            var target = TimeSpan.FromSeconds(Math.Max(median * Math.Pow(10, random.NextDouble() * -3), 0.001));
            var schedule = new PollSchedule(estimate, target);
            (schedule.MeanDelay / target.TotalSeconds).Should().BeInRange(0, 1.15);
            var before = TimeSpan.Zero;
            for (var elapsed = TimeSpan.Zero; elapsed < TimeSpan.FromSeconds(20 * median); elapsed += TimeSpan.FromSeconds(0.05 * median))
            {
                var delay = schedule.NextDelay(elapsed);

                delay.Should().BeGreaterThan(TimeSpan.Zero, $"{delay} after {elapsed}, {estimate}");
                (elapsed + delay).Should().BeGreaterThanOrEqualTo(
                    before - TimeSpan.FromMilliseconds(1 + before.TotalMilliseconds / 1000),
                    $"{elapsed + delay} after {before}, {estimate}");
                before = elapsed + delay;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NextDelay_MaximumTarget_IsBounded(bool isKnown)
    {
        var schedule = new PollSchedule(isKnown ? LogNormal(10, 1) : null, TimeSpan.MaxValue);

        schedule.NextDelay(TimeSpan.FromDays(1)).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1))
            .And.BeLessThanOrEqualTo(TimeSpan.FromDays(366));
    }

    [Fact]
    public void NextDelay_NegativeElapsed_IsTreatedAsZero()
    {
        var schedule = new PollSchedule(LogNormal(10, 0.5), TimeSpan.FromSeconds(0.5));

        schedule.NextDelay(TimeSpan.FromSeconds(-3)).Should().Be(schedule.NextDelay(TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Constructor_TargetIsNotPositive_Throws(double seconds) =>
        FluentActions.Invoking(() => new PollSchedule(null, TimeSpan.FromSeconds(seconds)))
            .Should().ThrowExactly<ArgumentOutOfRangeException>();

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(60, 3)]
    [InlineData(3600, 10)]
    public void DefaultTargetDelay_IsTwentiethOfMedianWithinLimits(double median, double expected)
    {
        PollSchedule.DefaultTargetDelay(LogNormal(median, 1)).TotalSeconds.Should().Be(expected);
        PollSchedule.DefaultTargetDelay(null).TotalSeconds.Should().Be(0.5);
    }

    private static OperationEstimate LogNormal(double median, double sigma) => new()
    {
        Median = TimeSpan.FromSeconds(median), Upper = TimeSpan.FromSeconds(median * Math.Exp(1.2815515655446004 * sigma)),
    };

    private static List<TimeSpan> Seconds(params double[] seconds) => [.. seconds.Select(TimeSpan.FromSeconds)];

    private static IEnumerable<double> Times(PollSchedule schedule)
    {
        for (var elapsed = TimeSpan.Zero; ;)
        {
            elapsed += schedule.NextDelay(elapsed);
            yield return elapsed.TotalSeconds;
        }
    }

    private static (double Count, double Delay) Follow(PollSchedule schedule, Func<double, double> ended, double mean)
    {
        var (count, noticed, before) = (0d, 0d, 0d);
        foreach (var poll in Times(schedule))
        {
            var lasting = before == 0 ? 1 : 1 - ended(before);
            (count, noticed, before) = (count + lasting, noticed + (lasting * (poll - before)), poll);
            if (lasting < 1e-7)
            {
                return (count, noticed - mean);
            }
        }

        throw new InvalidOperationException();
    }
}
