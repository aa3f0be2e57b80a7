using OffloadedPolling.Tests.Shared;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class QueueWaitTests
{
    private static readonly OperationEstimate _prior = new() { Median = TimeSpan.FromSeconds(5.2), Upper = TimeSpan.FromSeconds(8.9) };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 9)]
    [InlineData(5, 4)]
    public void Estimate_FreeSlot_ReturnsWorkEstimate(int waiting, int inFlight) =>
        Estimate(_prior, new QueueDepth(waiting, inFlight), slots: 10).Should().BeSameAs(_prior);

    [Fact]
    public void Estimate_HasQuantilesOnlyIfWorkHas()
    {
        var measured = _prior with { Quantiles = _prior.QuantilesAt([.. OperationEstimate.QuantileLevels]) };

        Estimate(_prior, new QueueDepth(40, 4), slots: 4).Quantiles.Should().BeNull();
        Estimate(measured, new QueueDepth(40, 4), slots: 4).Quantiles!.Should().HaveCount(13);
    }

    [Theory]
    [InlineData(0.1, 4, 30)]
    [InlineData(0.42, 4, 30)]
    [InlineData(0.42, 1, 3)]
    [InlineData(0.42, 20, 2)]
    [InlineData(1, 8, 12)]
    [InlineData(1, 1, 0)]
    public void Estimate_MatchesSimulatedQueue(double sigma, int slots, int waiting)
    {
        const int Runs = 4000;
        var random = new Random(17);
        var work = new OperationEstimate
        {
            Median = TimeSpan.FromSeconds(5),
            Upper = TimeSpan.FromSeconds(5 * Math.Exp(1.2815515655446004 * sigma)),
        };
        work = work with { Quantiles = work.QuantilesAt([.. OperationEstimate.QuantileLevels]) };
        var samples = Enumerable.Range(0, Runs)
            .Select(_ => DoneAt(slots, waiting, () => 5 * Math.Exp(sigma * Normal(random)), random)).Order().ToList();

        var estimate = Estimate(work, new QueueDepth(waiting, slots), slots);

        // The gamma distribution of the wait fits widely spread work worst.
        var tolerance = sigma < 1 ? 0.06 : 0.09;
        OperationEstimate.QuantileLevels.Zip(estimate.Quantiles!).Should().AllSatisfy(quantile =>
        {
            var ended = samples.Count(sample => sample < quantile.Second.TotalSeconds) / (double)Runs;
            (ended - quantile.First).Should().BeInRange(-tolerance, tolerance);
        });
        (samples.Count(sample => sample < estimate.Upper.TotalSeconds) / (double)Runs).Should().BeInRange(0.86, 0.94);
    }

    [Fact]
    public void Estimate_HugeQueue_IsLimitedTo14Days() => Estimate(
        new OperationEstimate { Median = TimeSpan.FromDays(1), Upper = TimeSpan.FromDays(2) }, new QueueDepth(int.MaxValue, int.MaxValue),
        1).Median.Should().Be(TimeSpan.FromDays(14));

    [Theory]
    [InlineData(0.02, 36_000)]
    [InlineData(0.03, 86_400)]
    [InlineData(0.02, 3_600)]
    [InlineData(0.03, 600)]
    [InlineData(0.015, 60)]
    [InlineData(0.5, 86_400)]
    public void Estimate_FewVeryLongOperations_StaysValid(double share, double seconds)
    {
        var random = new Random(1);
        var profile = ProfileEstimateTests.Learn(400, () => random.NextDouble() < share ? seconds : Math.Exp(0.3 * Normal(random)));
        var (work, moments) = ProfileEstimate.Combine(profile, null);

        var estimate = QueueWait.Estimate(work!, moments, new QueueDepth(20, 4), slots: 4);

        estimate.Median.TotalSeconds.Should().BeInRange(1, 24 * (1 + (4 * share * seconds)));
        estimate.Upper.Should().BeGreaterThanOrEqualTo(estimate.Median);
        foreach (var elapsed in (double[])[0.1, 1, 2, 10, 100, 10_000])
        {
            var left = work!.After(TimeSpan.FromSeconds(elapsed));
            (left?.Upper.TotalSeconds ?? 0).Should().BeInRange(0, 100 * seconds);
            var document = StatusDocument.Write(TestDocuments.Waiting() with { Estimate = left }, StatusDocument.MaxBytes);
            (StatusDocument.Read(TestDocuments.Id, "key", document).Estimate?.Upper.TotalSeconds ?? -1)
                .Should().BeApproximately(left?.Upper.TotalSeconds ?? -1, 0.001);
        }
    }

    private static OperationEstimate Estimate(OperationEstimate work, QueueDepth depth, int slots) =>
        QueueWait.Estimate(work, DurationMoments.From(work), depth, slots);

    // Every slot has been busy for a long time. The waiting operations run first, and ours runs last.
    private static double DoneAt(int slots, int waiting, Func<double> duration, Random random)
    {
        const double Long = 500;
        var free = new PriorityQueue<double, double>();
        for (var slot = 0; slot < slots; slot++)
        {
            var end = -Long - (random.NextDouble() * 20);
            while (end <= 0)
            {
                end += duration();
            }

            free.Enqueue(end, end);
        }

        var done = 0d;
        for (var message = 0; message <= waiting; message++)
        {
            done = free.Dequeue() + duration();
            free.Enqueue(done, done);
        }

        return done;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
