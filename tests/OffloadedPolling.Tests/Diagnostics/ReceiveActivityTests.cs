using System.Diagnostics;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Tests.Diagnostics;

public sealed class ReceiveActivityTests : IDisposable
{
    private static readonly DateTimeOffset _startedAt = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    private readonly RecordedActivities _activities = new();

    private readonly string _kind = $"kind-{Guid.NewGuid():n}";

    [Fact]
    public void Record_NothingReceived_CreatesNoSpan()
    {
        Record();

        _activities.All.Where(IsOurs).Should().BeEmpty();
    }

    [Fact]
    public void Record_Batch_CoversReceiveAndLinksTraces()
    {
        Record(
            Message("1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            Message("2", null),
            Message("3", "no trace context"),
            Message("4", "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));

        var receive = _activities.All.Where(IsOurs).Should().ContainSingle().Which;
        (receive.StartTimeUtc, receive.Duration).Should().Be((_startedAt.UtcDateTime, TimeSpan.FromSeconds(12)));
        receive.GetTagItem("messaging.batch.message_count").Should().Be((object?)4);
        receive.Links.Select(link => $"{link.Context.TraceId} {link.Tags!.Single().Value}")
            .Should().Equal("0af7651916cd43dd8448eb211c80319c 1", "1af7651916cd43dd8448eb211c80319c 4");
    }

    [Fact]
    public void Process_InsideAnotherSpan_UsesMessageTraceAndLinksSpan()
    {
        using var invocation = new Activity("invocation").Start();

        using var process = OperationActivities.Process(
            _kind, _kind, "aws_sqs", Message("1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        (process!.TraceId.ToString(), process.ParentSpanId.ToString())
            .Should().Be(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
        process.Links.Should().ContainSingle().Which.Context.SpanId.Should().Be(invocation.SpanId);
    }

    public void Dispose() => _activities.Dispose();

    private bool IsOurs(Activity activity) => activity.DisplayName == $"receive {_kind}";

    private void Record(params ReceivedMessage[] messages) =>
        ReceiveActivity.Record(_kind, _kind, "aws_sqs", messages, _startedAt, _startedAt + TimeSpan.FromSeconds(12));

    private static ReceivedMessage Message(string id, string? traceParent) =>
        new() { Id = id, ReceiptHandle = "handle", Body = "{}", TraceParent = traceParent, ReceiveCount = 1 };
}
