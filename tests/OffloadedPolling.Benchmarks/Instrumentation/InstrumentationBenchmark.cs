using System.Diagnostics;
using System.Globalization;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Benchmarks.Instrumentation;

/// <summary>Measures what the spans and measurements of one operation allocate, without and with a listener.</summary>
internal static class InstrumentationBenchmark
{
    private const string Kind = "orders";

    private const int Rounds = 10_000;

    public static int Run()
    {
        using var metrics = new OperationMetrics(TimeProvider.System);
        var kind = new KindMetrics(Kind, metrics);
        var silent = AllocatedByAnOperation(metrics, kind);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == OffloadedPollingInstrumentation.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var heard = AllocatedByAnOperation(metrics, kind);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Bytes allocated by the instrumentation of one operation: {silent} while nobody listens, {heard} while traces are recorded."));
        return silent == 0 ? 0 : 1;
    }

    private static long AllocatedByAnOperation(OperationMetrics metrics, KindMetrics kind)
    {
        var now = DateTimeOffset.UnixEpoch;
        var waiting = new OperationStatus
        {
            Id = "6f0c2f3c9d6b4b1f8a5e0d6b7c1e2f30", Kind = Kind, State = OperationState.NotStarted, CreatedAt = now, LastUpdatedAt = now,
            ExpiresAt = now,
            Estimate = new OperationEstimate { Median = TimeSpan.FromSeconds(1), Upper = TimeSpan.FromSeconds(2) },
        };
        var running = waiting with { State = OperationState.Running };
        var ended = running with { State = OperationState.Succeeded };
        var message = new ReceivedMessage { Id = "1", ReceiptHandle = "1", Body = "{}", ReceiveCount = 1 };
        ReceivedMessage[] messages = [message];

        // Warms up until the JIT compiler has finished.
        GoTheWay(Rounds);
        Thread.Yield();
        GoTheWay(Rounds);
        var before = GC.GetAllocatedBytesForCurrentThread();
        GoTheWay(Rounds);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;

        void GoTheWay(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                using (OperationActivities.Accept(Kind))
                using (OperationActivities.Send(Kind, "aws_sqs", waiting.Id))
                {
                    kind.SawDepth(new QueueDepth(round, 1));
                    metrics.Wrote(waiting, WriteOutcomes.Written);
                    metrics.Accepted(Kind, repeated: false);
                }

                metrics.UrlRenewed(waiting);
                ReceiveActivity.Record(Kind, Kind, "aws_sqs", messages, now, now);
                using (OperationActivities.Process(Kind, Kind, "aws_sqs", message))
                using (OperationActivities.Handle(Kind, waiting.Id))
                {
                    kind.HandlerBegan();
                    metrics.Moved(OperationState.NotStarted, running);
                    kind.HandlerEnded();
                    metrics.Moved(OperationState.Running, ended);
                    metrics.Ran(ended, TimeSpan.FromSeconds(1), waiting);
                }
            }
        }
    }
}
