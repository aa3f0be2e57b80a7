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
    public async Task ReceiveAsync_WhatWasSent_ComesUntouched(string body, string? trace)
    {
        await SendAsync(body, trace: trace);

        var message = Assert.Single(await Queue.ReceiveAsync(Kind, 10, default));

        Assert.Equal((body, StatusKey, trace, 1), (message.Body, message.StatusKey, message.TraceParent, message.ReceiveCount));
        Assert.NotEmpty(message.Id);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("2026-11-23T10:00:00.0000000Z", "2026-11-23T10:00:00.000Z")]
    [InlineData("2026-11-23T12:00:00.1239999+02:00", "2026-11-23T10:00:00.123Z")]
    public async Task ReceiveAsync_StatusCreatedAt_ComesToTheMillisecond(string? sent, string? expected)
    {
        await SendAsync("{}", createdAt: InstantOf(sent));

        var message = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;

        message.StatusCreatedAt.Should().Be(InstantOf(expected));
    }

    [Fact]
    public async Task ReceiveAsync_HiddenFor_IsWhatIsLeftOfTheVisibilityTimeout()
    {
        await SendAsync("{}");
        var watch = Stopwatch.StartNew();

        var message = (await Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;

        message.HiddenFor.Should().BePositive().And.BeLessThanOrEqualTo(_visibility);
        (watch.Elapsed + message.HiddenFor).Should().BeGreaterThan(_visibility - TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task SendAsync_TheLargestMessage_Comes()
    {
        var attributes = new OutgoingMessage { Body = "", StatusKey = StatusKey, StatusCreatedAt = DateTimeOffset.UnixEpoch }.SizeInBytes;
        var body = new string('x', await Queue.GetMaxMessageBytesAsync(Kind, default) - attributes);

        await SendAsync(body, createdAt: DateTimeOffset.UnixEpoch);

        Assert.Equal(body, Assert.Single(await Queue.ReceiveAsync(Kind, 1, default)).Body);
    }

    [Fact]
    public async Task ReceiveAsync_AMessageThatIsNotDeleted_ComesAgainAndIsCounted()
    {
        await SendAsync("{}");
        var watch = Stopwatch.StartNew();
        var first = Assert.Single(await Queue.ReceiveAsync(Kind, 10, default));

        var again = Assert.Single(await Queue.ReceiveAsync(Kind, 10, default));

        Assert.True(watch.Elapsed > _visibility - TimeSpan.FromMilliseconds(100), $"It came again after {watch.Elapsed}.");
        Assert.Equal((first.Id, 2), (again.Id, again.ReceiveCount));
        Assert.NotEqual(first.ReceiptHandle, again.ReceiptHandle);
    }

    [Fact]
    public async Task DeleteAsync_ManyMessages_AreGone()
    {
        for (var sent = 0; sent < 12; sent++)
        {
            await SendAsync($"{sent}");
        }

        var first = await Queue.ReceiveAsync(Kind, 100, default);
        var second = await Queue.ReceiveAsync(Kind, 100, default);

        Assert.Equal((10, 2), (first.Count, second.Count));
        Assert.Equal(12, first.Concat(second).Select(message => message.Body).Distinct().Count());
        Assert.Equal(12, first.Concat(second).Select(message => message.Id).Distinct().Count());
        await Queue.DeleteAsync(Kind, [.. first, .. second], default);
        Assert.Equal(0, await Provider.CountMessagesAsync(Kind));
        await Queue.DeleteAsync(Kind, [.. first], default);
    }

    [Fact]
    public async Task ExtendAsync_AReceivedMessage_StaysHiddenForAnotherTimeout()
    {
        await SendAsync("{}");
        var message = Assert.Single(await Queue.ReceiveAsync(Kind, 10, default));
        var received = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => message.HiddenFor - received.Elapsed < _visibility / 2, Timeout, () => "time stands still");

        var watch = Stopwatch.StartNew();
        var hiddenFor = await Queue.ExtendAsync(Kind, message, default);
        var again = Assert.Single(await Queue.ReceiveAsync(Kind, 10, default));

        Assert.True(watch.Elapsed > _visibility - TimeSpan.FromMilliseconds(100), $"It came again after {watch.Elapsed}.");
        hiddenFor.Should().BeLessThanOrEqualTo(_visibility).And.BeGreaterThan(_visibility - TimeSpan.FromMilliseconds(100));
        Assert.Equal((message.Id, 2), (again.Id, again.ReceiveCount));
    }

    [Fact]
    public async Task ExtendAsync_ADeletedMessage_IsRefused()
    {
        await SendAsync("{}");
        var message = Assert.Single(await Queue.ReceiveAsync(Kind, 10, default));
        await Queue.DeleteAsync(Kind, [message], default);

        Assert.Null(await Queue.ExtendAsync(Kind, message, default));
    }

    [Fact]
    public async Task ReleaseAsync_WithADelay_ComesAgainAfterIt()
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
    public async Task ReleaseAsync_AMessage_ComesAgainAtOnce()
    {
        var slow = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        await SendAsync("{}");
        var first = Assert.Single(await slow.Queue.ReceiveAsync(Kind, 1, default));

        await slow.Queue.ReleaseAsync(Kind, [first], TimeSpan.Zero, default);

        var again = Assert.Single(await slow.Queue.ReceiveAsync(Kind, 1, default));
        Assert.Equal((first.Id, 2), (again.Id, again.ReceiveCount));
    }

    [Fact]
    public async Task ReceiveAsync_RacingReceiversOnTwoHosts_EachMessageOnce()
    {
        const int Messages = 60;
        var other = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        var one = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(sent => SendAsync($"{sent}")));

        var received = new ConcurrentBag<string>();
        var receivers = Enumerable.Range(0, 6).Select(receiver => Task.Run(() => ReceiveUntilToldAsync(receiver % 2 == 0 ? one : other, received))).ToList();
        await Eventually.TrueAsync(() => received.Count >= Messages, Timeout, () => $"{received.Count} of {Messages} came");
        await Eventually.TrueAsync(
            async () =>
            {
                await SendAsync(Stop);
                return receivers.TrueForAll(receiver => receiver.IsCompleted);
            },
            Timeout, () => "not every receiver was told to stop");

        await Task.WhenAll(receivers);
        Assert.Equal(Enumerable.Range(0, Messages).Select(sent => $"{sent}").Order(), received.Order());
    }

    [Fact]
    public async Task ReceiveAsync_NothingThereYet_WaitsForWhatAnotherHostSends()
    {
        var other = await StartAsync();
        var receiving = Queue.ReceiveAsync(Kind, 10, default);
        Assert.False(receiving.IsCompleted);

        await other.Queue.SendAsync(Kind, new OutgoingMessage { Body = "late", StatusKey = StatusKey }, default);

        Assert.Equal("late", Assert.Single(await receiving.WaitAsync(TimeSpan.FromSeconds(15))).Body);
    }

    [Fact]
    public async Task ReceiveAsync_GivenUp_IsCanceledSoon()
    {
        using var cancel = new CancellationTokenSource();
        var receiving = Queue.ReceiveAsync(Kind, 10, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public async Task Kinds_HaveTheirOwnQueues()
    {
        await SendAsync("a parcel");
        await Queue.SendAsync(Letters, new OutgoingMessage { Body = "a letter", StatusKey = StatusKey }, default);

        Assert.Equal("a letter", Assert.Single(await Queue.ReceiveAsync(Letters, 10, default)).Body);
        Assert.Equal("a parcel", Assert.Single(await Queue.ReceiveAsync(Kind, 10, default)).Body);
    }

    [Fact]
    public async Task GetDepthAsync_TellsWhatWaitsAndWhatIsInFlight()
    {
        var slow = await StartAsync(kind => kind.VisibilityTimeout = TimeSpan.FromHours(1));
        for (var sent = 0; sent < 5; sent++)
        {
            await SendAsync($"{sent}");
        }

        await slow.Queue.ReceiveAsync(Kind, 2, default);

        QueueDepth? depth = null;
        await Eventually.TrueAsync(
            async () => (depth = await Queue.GetDepthAsync(Kind, default)) == new QueueDepth(3, 2), Timeout, () => $"it says {depth}");
    }

    [Fact]
    public async Task CheckAsync_AQueueThatWorks_FindsNothingWrong() => Assert.Null(await Queue.CheckAsync(Kind, default));

    // Not given up in between: a receive that is may have taken messages along.
    private static async Task ReceiveUntilToldAsync(ConformanceHost host, ConcurrentBag<string> received)
    {
        var told = false;
        while (!told)
        {
            foreach (var message in await host.Queue.ReceiveAsync(Kind, 3, default))
            {
                told |= message.Body == Stop;
                if (message.Body != Stop)
                {
                    received.Add(message.Body);
                }
            }
        }
    }

    private static DateTimeOffset? InstantOf(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private Task SendAsync(string body, string? trace = null, DateTimeOffset? createdAt = null) =>
        Queue.SendAsync(Kind, new OutgoingMessage { Body = body, StatusKey = StatusKey, StatusCreatedAt = createdAt, TraceParent = trace }, default);
}
