using OffloadedPolling.Queue;
using OffloadedPolling.Urls;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Tests.WaitTime;

public sealed class EstimateTests
{
    private static readonly OperationEstimate _prior = new() { Median = TimeSpan.FromSeconds(5.2), Upper = TimeSpan.FromSeconds(8.9) };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 9)]
    [InlineData(5, 4)]
    public void QueueWait_WithAFreeSlot_IsThePrior(int waiting, int inFlight) =>
        Assert.Equal(_prior, QueueWait.Estimate(_prior.Median, _prior.Upper, new QueueDepth(waiting, inFlight), slots: 10));

    [Fact]
    public void QueueWait_BehindOthers_AddsTheirMeanAndSpread()
    {
        // Every operation takes exactly 10 s; 4 slots are busy and 40 wait: 41 have to end before the new one starts, 4 at a time.
        var exact = TimeSpan.FromSeconds(10);

        var estimate = QueueWait.Estimate(exact, exact, new QueueDepth(Waiting: 40, InFlight: 4), slots: 4);

        Assert.Equal(10 + (41 * 10 / 4.0), estimate.Median.TotalSeconds, 3);
        Assert.Equal(estimate.Median, estimate.Upper);
    }

    [Fact]
    public void QueueWait_SpreadDurations_SimulatedQueueAgrees()
    {
        var random = new Random(17);
        var sigma = Math.Log(_prior.Upper / _prior.Median) / 1.2815515655446004;
        var samples = new List<double>();
        for (var run = 0; run < 4000; run++)
        {
            // Four slots, each in the middle of an operation; 30 wait; ours comes last.
            var free = new PriorityQueue<double, double>();
            for (var slot = 0; slot < 4; slot++)
            {
                var end = Duration() * random.NextDouble();
                free.Enqueue(end, end);
            }

            double done = 0;
            for (var message = 0; message < 31; message++)
            {
                done = free.Dequeue() + Duration();
                free.Enqueue(done, done);
            }

            samples.Add(done);
        }

        samples.Sort();
        var estimate = QueueWait.Estimate(_prior.Median, _prior.Upper, new QueueDepth(30, 4), slots: 4);

        Assert.InRange(estimate.Median.TotalSeconds / samples[2000], 0.9, 1.1);
        Assert.InRange(estimate.Upper.TotalSeconds / samples[3600], 0.9, 1.1);

        double Duration() => _prior.Median.TotalSeconds * Math.Exp(sigma * Normal());
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    [Fact]
    public void QueueWait_AnAbsurdQueue_IsBounded() => Assert.Equal(
        TimeSpan.FromDays(14), QueueWait.Estimate(TimeSpan.FromDays(1), TimeSpan.FromDays(2), new QueueDepth(int.MaxValue, int.MaxValue), 1).Median);

    [Fact]
    public void RetryAfter_OfTheDocumentsExample_IsOneDeviationBeforeTheMedian() =>
        Assert.Equal(3.42, RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch).TotalSeconds, 2);

    [Fact]
    public void RetryAfter_LaterAndAtTheEnd_Shrinks()
    {
        Assert.Equal(1.42, RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch.AddSeconds(2)).TotalSeconds, 2);
        Assert.Equal(TimeSpan.FromSeconds(1), RetryAfter.For(Status(_prior), DateTimeOffset.UnixEpoch.AddHours(1)));
        Assert.Equal(TimeSpan.FromSeconds(2), RetryAfter.For(Status(null), DateTimeOffset.UnixEpoch));
        Assert.Equal(TimeSpan.Zero, RetryAfter.For(Status(_prior) with { Status = OperationState.Failed }, DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void RemainingTime_CountsDownAndThenIsUnknown()
    {
        Assert.Equal(TimeSpan.FromSeconds(3.2), RemainingTime.Of(_prior, TimeSpan.FromSeconds(2))!.Median);
        Assert.Equal(TimeSpan.FromSeconds(1), RemainingTime.Of(_prior, TimeSpan.FromSeconds(6.9))!.Median);
        Assert.Null(RemainingTime.Of(_prior, TimeSpan.FromSeconds(8.9)));
        Assert.Null(RemainingTime.Of(null, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(null, 300)]
    [InlineData(8.9, 300)]
    [InlineData(200.0, 600)]
    [InlineData(5000.0, 3600)]
    public void UrlLifetime_FromTheEstimate(double? upper, double expected)
    {
        var estimate = upper is { } seconds ? new OperationEstimate { Median = TimeSpan.FromSeconds(1), Upper = TimeSpan.FromSeconds(seconds) } : null;

        Assert.Equal(expected, UrlLifetime.For(estimate, new OffloadedPollingOptions()).TotalSeconds);
        Assert.Equal(42, UrlLifetime.For(estimate, new OffloadedPollingOptions { UrlLifetime = TimeSpan.FromSeconds(42) }).TotalSeconds);
    }

    [Fact]
    public void QueueAttributes_Absent_AreUnknownAndNotZero()
    {
        var known = SqsQueueAttributes.Read(
            new() { ["ApproximateNumberOfMessages"] = "7", ["ApproximateNumberOfMessagesNotVisible"] = "2", ["ApproximateNumberOfMessagesDelayed"] = "1", ["RedrivePolicy"] = """{"maxReceiveCount":"4"}""" }, null);

        Assert.Equal(new QueueDepth(8, 2), known.Depth);
        Assert.Equal(4, known.MaxReceiveCount);
        Assert.Null(SqsQueueAttributes.Read(null, null).Depth);
        Assert.Null(SqsQueueAttributes.Read([], null).MaxReceiveCount);
        Assert.Equal(known.Depth, SqsQueueAttributes.Read(null, known).Depth);
    }

    private static OperationStatus Status(OperationEstimate? estimate) => new()
    {
        Id = "a", Kind = "k", Status = OperationState.NotStarted, CreatedAt = default, LastUpdatedAt = DateTimeOffset.UnixEpoch, ExpiresAt = default, Estimate = estimate,
    };
}
