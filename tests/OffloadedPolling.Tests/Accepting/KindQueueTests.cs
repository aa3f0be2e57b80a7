using System.Diagnostics;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Diagnostics;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

public sealed class KindQueueTests : IDisposable
{
    private const string StatusKey = "operations/1.json";

    private readonly RecordedActivities _activities = new();

    private readonly Activity _around = new Activity("around").Start();

    private readonly IOperationQueue _port = Substitute.For<IOperationQueue>();

    private readonly KindQueue _queue;

    public KindQueueTests()
    {
        _port.GetMaxMessageBytesAsync("parcels", Arg.Any<CancellationToken>()).Returns(1024);
        _queue = new KindQueue("parcels", _port);
    }

    public void Dispose()
    {
        _around.Dispose();
        _activities.Dispose();
    }

    [Fact]
    public async Task ComposeAsync_PayloadFits_ReturnsEscapedBody()
    {
        var message = await _queue.ComposeAsync(StatusKey, "\"a\uFFFF\"", default);

        message.Should().BeEquivalentTo(new { Body = "\"a\\uFFFF\"", StatusKey, TraceParent = _around.Id });
    }

    [Fact]
    public async Task ComposeAsync_MessageOverLimit_Throws()
    {
        var smallest = (await _queue.ComposeAsync(StatusKey, "", default)).SizeInBytes;

        await _queue.ComposeAsync(StatusKey, new string('1', 1024 - smallest), default);

        var composing = _queue.Awaiting(queue => queue.ComposeAsync(StatusKey, new string('1', 1025 - smallest), default));
        (await composing.Should().ThrowAsync<PayloadTooLargeException>()).Which.Should().BeEquivalentTo(new { Size = 1025, Limit = 1024 });
    }

    [Fact]
    public async Task SendAsync_Succeeds_SendsCreationTimeAndOwnSpan()
    {
        var status = TestDocuments.Waiting() with { CreatedAt = DateTimeOffset.UnixEpoch.AddDays(1) };
        var message = await _queue.ComposeAsync(StatusKey, "{}", default);

        await _queue.SendAsync(message, status, default);

        var send = _activities.One(_around.TraceId, "send parcels");
        await _port.Received(1).SendAsync(
            "parcels", Arg.Is<OutgoingMessage>(sent => sent.StatusCreatedAt == status.CreatedAt && sent.TraceParent == send.Id), default);
        send.Status.Should().Be(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task SendAsync_QueueFails_ThrowsAndTagsSpan()
    {
        _port.SendAsync(default!, default!, default).ThrowsAsyncForAnyArgs(new OperationQueueException("down"));
        var message = await _queue.ComposeAsync(StatusKey, "{}", default);

        await _queue.Awaiting(queue => queue.SendAsync(message, TestDocuments.Waiting(), default))
            .Should().ThrowAsync<OperationQueueException>();

        _activities.One(_around.TraceId, "send parcels").GetTagItem("error.type").Should().Be(typeof(OperationQueueException).FullName);
    }
}
