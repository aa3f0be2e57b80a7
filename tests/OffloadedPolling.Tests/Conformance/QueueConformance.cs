using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The obligations of <see cref="IOperationQueue"/>.</summary>
public abstract class QueueConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const string Letters = "letters";

    private const string StatusKey = "operations/0123456789abcdef0123456789abcdef.json";

    private const string Stop = "stop";

    private static readonly TimeSpan _visibility = TimeSpan.FromSeconds(2);

    private IOperationQueue Queue => Host.Queue;

    private protected override void Settings(OperationOptions kind) => kind.VisibilityTimeout = _visibility;

    private protected override void Build(IOffloadedPollingBuilder builder) =>
        builder.AddOperation<string>(Letters, ParcelJson.Default, settings => Provider.Configure(Letters, settings));

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"text":"größer & schöner \"\\ 東京\n\t"}""", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    public async Task ReceiveAsync_ReturnsMessageUnchanged(string body, string? trace)
    {
        await SendAsync(body, trace: trace);

        var message = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;

        (message.Body, message.StatusKey, message.TraceParent, message.ReceiveCount).Should().Be((body, StatusKey, trace, 1));
        message.Id.Should().NotBeEmpty();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("2026-11-23T10:00:00.0000000Z", "2026-11-23T10:00:00.000Z")]
    [InlineData("2026-11-23T12:00:00.1239999+02:00", "2026-11-23T10:00:00.123Z")]
    public async Task ReceiveAsync_StatusCreatedAt_IsTruncatedToMilliseconds(string? sent, string? expected)
    {
        await SendAsync("{}", createdAt: InstantOf(sent));

        var message = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;

        message.StatusCreatedAt.Should().Be(InstantOf(expected));
    }

    [Fact]
    public async Task ReceiveAsync_HiddenFor_IsRemainingVisibilityTimeout()
    {
        await SendAsync("{}");
        var watch = Stopwatch.StartNew();

        var message = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;

        message.HiddenFor.Should().BePositive().And.BeLessThanOrEqualTo(_visibility);
        (watch.Elapsed + message.HiddenFor).Should().BeGreaterThan(_visibility - TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task SendAsync_LargestMessage_IsDelivered()
    {
        var attributes = new OutgoingMessage { Body = "", StatusKey = StatusKey, StatusCreatedAt = DateTimeOffset.UnixEpoch }.SizeInBytes;
        var body = new string('x', await Queue.GetMaxMessageBytesAsync(Kind, default) - attributes);

        await SendAsync(body, createdAt: DateTimeOffset.UnixEpoch);

        (await Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Which.Body.Should().Be(body);
    }

    [Fact]
    public async Task ReceiveAsync_UndeletedMessage_IsRedeliveredAndCounted()
    {
        await SendAsync("{}");
        var watch = Stopwatch.StartNew();
        var first = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;

        var again = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;

        watch.Elapsed.Should().BeGreaterThan(_visibility - TimeSpan.FromMilliseconds(100), $"redelivered after {watch.Elapsed}");
        (again.Id, again.ReceiveCount).Should().Be((first.Id, 2));
        again.ReceiptHandle.Should().NotBe(first.ReceiptHandle);
    }

    [Fact]
    public async Task DeleteAsync_ManyMessages_DeletesAll()
    {
        for (var sent = 0; sent < 12; sent++)
        {
            await SendAsync($"{sent}");
        }

        var first = await Queue.ReceiveAsync(Kind, 100, default);
        var second = await Queue.ReceiveAsync(Kind, 100, default);

        (first.Count, second.Count).Should().Be((10, 2));
        first.Concat(second).Select(message => message.Body).Distinct().Should().HaveCount(12);
        first.Concat(second).Select(message => message.Id).Distinct().Should().HaveCount(12);
        await Queue.DeleteAsync(Kind, [.. first, .. second], default);
        (await Provider.CountMessagesAsync(Kind)).Should().Be(0);
        await Queue.DeleteAsync(Kind, [.. first], default);
    }

    [Fact]
    public async Task ExtendAsync_ReceivedMessage_StaysHiddenForAnotherTimeout()
    {
        await SendAsync("{}");
        var message = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;
        var received = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => message.HiddenFor - received.Elapsed < _visibility / 2, Timeout, () => "time did not advance");

        var watch = Stopwatch.StartNew();
        var hiddenFor = await Queue.ExtendAsync(Kind, message, default);
        var again = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;

        watch.Elapsed.Should().BeGreaterThan(_visibility - TimeSpan.FromMilliseconds(100), $"redelivered after {watch.Elapsed}");
        hiddenFor.Should().BeLessThanOrEqualTo(_visibility).And.BeGreaterThan(_visibility - TimeSpan.FromMilliseconds(100));
        (again.Id, again.ReceiveCount).Should().Be((message.Id, 2));
    }

    [Fact]
    public async Task ExtendAsync_DeletedMessage_ReturnsNull()
    {
        await SendAsync("{}");
        var message = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;
        await Queue.DeleteAsync(Kind, [message], default);

        (await Queue.ExtendAsync(Kind, message, default)).Should().BeNull();
    }

    [Fact]
    public async Task ReleaseAsync_WithDelay_RedeliversAfterDelay()
    {
        var slow = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        await SendAsync("{}");
        var first = (await slow.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Subject;

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await slow.Queue.ReleaseAsync(Kind, [first], TimeSpan.FromSeconds(2), default);
        var again = (await slow.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Subject;

        watch.Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(1));
        (again.Id, again.ReceiveCount).Should().Be((first.Id, 2));
    }

    [Fact]
    public async Task ReleaseAsync_NoDelay_RedeliversImmediately()
    {
        var slow = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        await SendAsync("{}");
        var first = (await slow.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Which;

        await slow.Queue.ReleaseAsync(Kind, [first], TimeSpan.Zero, default);

        var again = (await slow.Queue.ReceiveAsync(Kind, 1, default)).Should().ContainSingle().Which;
        (again.Id, again.ReceiveCount).Should().Be((first.Id, 2));
    }

    [Fact]
    public async Task ReceiveAsync_ConcurrentReceivers_DeliverEachMessageOnce()
    {
        const int Messages = 60;
        var other = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        var one = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(sent => SendAsync($"{sent}")));

        var received = new ConcurrentBag<string>();
        var receivers = Enumerable.Range(0, 6)
            .Select(receiver => Task.Run(() => ReceiveUntilStoppedAsync(receiver % 2 == 0 ? one : other, received))).ToList();
        await Eventually.TrueAsync(() => received.Count >= Messages, Timeout, () => $"{received.Count} of {Messages} were received");
        await Eventually.TrueAsync(
            async () =>
            {
                await SendAsync(Stop);
                return receivers.TrueForAll(receiver => receiver.IsCompleted);
            },
            Timeout, () => "not every receiver stopped");

        await Task.WhenAll(receivers);
        received.Order().Should().Equal(Enumerable.Range(0, Messages).Select(sent => $"{sent}").Order());
    }

    [Fact]
    public async Task ReceiveAsync_EmptyQueue_WaitsForMessageOfOtherHost()
    {
        var other = await StartAsync();
        var receiving = Queue.ReceiveAsync(Kind, 10, default);
        receiving.IsCompleted.Should().BeFalse();

        await other.Queue.SendAsync(Kind, new OutgoingMessage { Body = "late", StatusKey = StatusKey }, default);

        (await receiving.WaitAsync(TimeSpan.FromSeconds(15))).Should().ContainSingle().Which.Body.Should().Be("late");
    }

    [Fact]
    public async Task ReceiveAsync_Canceled_ThrowsSoon()
    {
        using var cancel = new CancellationTokenSource();
        var receiving = Queue.ReceiveAsync(Kind, 10, cancel.Token);

        await cancel.CancelAsync();

        await FluentActions.Awaiting(() => receiving.WaitAsync(TimeSpan.FromSeconds(15))).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Kinds_HaveTheirOwnQueues()
    {
        await SendAsync("a parcel");
        await Queue.SendAsync(Letters, new OutgoingMessage { Body = "a letter", StatusKey = StatusKey }, default);

        (await Queue.ReceiveAsync(Letters, 10, default)).Should().ContainSingle().Which.Body.Should().Be("a letter");
        (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which.Body.Should().Be("a parcel");
    }

    [Fact]
    public async Task GetDepthAsync_ReturnsWaitingAndInFlight()
    {
        var slow = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        for (var sent = 0; sent < 5; sent++)
        {
            await SendAsync($"{sent}");
        }

        await slow.Queue.ReceiveAsync(Kind, 2, default);

        QueueDepth? depth = null;
        await Eventually.TrueAsync(
            async () => (depth = await Queue.GetDepthAsync(Kind, default)) == new QueueDepth(3, 2), Timeout, () => $"the depth is {depth}");
    }

    [Fact]
    public async Task CheckAsync_HealthyQueue_ReturnsNull() => (await Queue.CheckAsync(Kind, default)).Should().BeNull();

    // Receives are not canceled in between, because a canceled receive may have taken messages.
    private static async Task ReceiveUntilStoppedAsync(ConformanceHost host, ConcurrentBag<string> received)
    {
        var stopped = false;
        while (!stopped)
        {
            foreach (var message in await host.Queue.ReceiveAsync(Kind, 3, default))
            {
                stopped |= message.Body == Stop;
                if (message.Body != Stop)
                {
                    received.Add(message.Body);
                }
            }
        }
    }

    private static DateTimeOffset? InstantOf(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private Task SendAsync(string body, string? trace = null, DateTimeOffset? createdAt = null) =>
        Queue.SendAsync(
            Kind, new OutgoingMessage { Body = body, StatusKey = StatusKey, StatusCreatedAt = createdAt, TraceParent = trace }, default);
}
