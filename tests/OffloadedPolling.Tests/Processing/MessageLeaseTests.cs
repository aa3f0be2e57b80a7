using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Processing;

public sealed class MessageLeaseTests : IDisposable
{
    private static readonly TimeSpan _visibility = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private readonly RecordingLogger _log = new();

    private readonly IOperationQueue _queue = Substitute.For<IOperationQueue>();

    private int _extensions;

    private bool _isOwn = true;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Lease_HandlerIsRunning_IsExtendedAfterHalfTime()
    {
        Extend(() => _visibility);
        await using var lease = Start();

        _time.Advance(TimeSpan.FromSeconds(14));
        _extensions.Should().Be(0);
        var startedAt = _time.GetTimestamp();
        await AdvanceUntilAsync(() => _extensions == 10);

        _time.GetElapsedTime(startedAt).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(9 * 15))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(10 * 30));
        lease.Lost.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public async Task Extend_MessageTakenOver_LosesLeaseWithoutRetry()
    {
        Extend(() => null);
        await using var lease = Start();

        await AdvanceUntilAsync(() => lease.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMinutes(5));

        _extensions.Should().Be(1);
        _log.Entries.Should().BeEmpty();
    }

    [Fact]
    public async Task Extend_QueueIsDownBriefly_RetriesAndKeepsLease()
    {
        Extend(() => _extensions < 3 ? throw new OperationQueueException("down") : _visibility);
        await using var lease = Start();

        await AdvanceUntilAsync(() => _extensions == 4);

        lease.Lost.IsCancellationRequested.Should().BeFalse();
        _log.Entries.Select(entry => entry.Id).Should().Equal(417, 417);
    }

    [Fact]
    public async Task Extend_QueueStaysDown_LosesLeaseAtTimeout()
    {
        var startedAt = _time.GetTimestamp();
        Extend(() => throw new InvalidOperationException("anything"));
        await using var lease = Start();

        await AdvanceUntilAsync(() => lease.Lost.IsCancellationRequested);

        _time.GetElapsedTime(startedAt).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(29))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(40));
        _extensions.Should().BeGreaterThanOrEqualTo(3, "the lease retries within the timeout");
    }

    [Fact]
    public async Task Poll_OperationTakenOver_LosesLeaseAfterNextExtension()
    {
        Extend(() => _visibility);
        await using var lease = Start();
        await AdvanceUntilAsync(() => _extensions == 2);
        lease.Lost.IsCancellationRequested.Should().BeFalse();

        _isOwn = false;
        await AdvanceUntilAsync(() => lease.Lost.IsCancellationRequested);

        _extensions.Should().Be(3);
    }

    [Fact]
    public async Task Poll_Fails_KeepsLease()
    {
        Extend(() => _visibility);
        await using var lease = Start();
        lease.PollAfterExtensions(_ => throw new OperationStoreException("down"));

        await AdvanceUntilAsync(() => _extensions == 3);

        lease.Lost.IsCancellationRequested.Should().BeFalse();
        _log.Entries.Should().Contain(entry => entry.Id == 418);
    }

    [Fact]
    public async Task Poll_Hangs_DoesNotDelayExtensions()
    {
        Extend(() => _visibility);
        await using var lease = Start();
        lease.PollAfterExtensions(_ => new TaskCompletionSource<bool>().Task);
        var startedAt = _time.GetTimestamp();

        await AdvanceUntilAsync(() => _extensions == 4);

        _time.GetElapsedTime(startedAt).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(15))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(4 * 25));
        lease.Lost.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public async Task DisposeAsync_HandlerEnded_StopsExtending()
    {
        Extend(() => _visibility);
        await Start().DisposeAsync();

        _time.Advance(TimeSpan.FromMinutes(5));

        _extensions.Should().Be(0);
    }

    [Theory]
    [InlineData("12:00:00")]
    [InlineData("10:00:00")]
    [InlineData("08:00:00")]
    [InlineData("00:30:00")]
    public async Task Extend_TwelveHourLimit_IsUsedFullyAndLogged(string visibilityTimeout)
    {
        var visibility = TimeSpan.Parse(visibilityTimeout, CultureInfo.InvariantCulture);
        var (startedAt, limit) = (_time.GetTimestamp(), TimeSpan.FromHours(12) - TimeSpan.FromSeconds(10));
        // Like SQS: an extension beyond the limit is refused, and the message stays hidden for the time granted before.
        Extend(() =>
        {
            var left = limit - _time.GetElapsedTime(startedAt);
            return left < visibility ? left : visibility;
        });
        await using var lease = Start(Message(visibility));

        await AdvanceUntilAsync(() => lease.Lost.IsCancellationRequested, TimeSpan.FromMinutes(1));

        _time.GetElapsedTime(startedAt).Should().BeCloseTo(TimeSpan.FromHours(12), TimeSpan.FromMinutes(3));
        _log.Entries.Should().ContainSingle(entry => entry.Id == 409);
    }

    [Fact]
    public async Task Extend_NothingGrantedAfterTimeout_LosesLease()
    {
        Extend(() => TimeSpan.Zero);
        await using var lease = Start();

        // Like a machine that was suspended: the extension comes long after it was due.
        _time.Advance(TimeSpan.FromMinutes(5));
        await AdvanceUntilAsync(() => lease.Lost.IsCancellationRequested);

        _extensions.Should().Be(1);
    }

    [Fact]
    public async Task Extend_Hangs_RetriesWithinTimeout()
    {
        var (startedAt, tokens) = (_time.GetTimestamp(), new List<CancellationToken>());
        _queue.ExtendAsync("parcels", Arg.Any<ReceivedMessage>(), Arg.Any<CancellationToken>()).Returns(call =>
        {
            tokens.Add(call.Arg<CancellationToken>());
            return tokens.Count < 4 ? new TaskCompletionSource<TimeSpan?>().Task : Task.FromResult<TimeSpan?>(_visibility);
        });
        await using var lease = Start();

        await AdvanceUntilAsync(() => tokens.Count == 4, TimeSpan.FromMilliseconds(250));

        _time.GetElapsedTime(startedAt).Should().BeLessThan(_visibility);
        lease.Lost.IsCancellationRequested.Should().BeFalse();
        tokens.Take(3).Should().OnlyContain(token => token.IsCancellationRequested, "an abandoned request is canceled");
    }

    [Fact]
    public async Task Lease_HandlerNotStarted_IsExtended()
    {
        Extend(() => _visibility);
        await using var lease = MessageLease.Start(
            "parcels", Message(_visibility), _queue, _time, ((ILoggerProvider)_log).CreateLogger(""));

        await AdvanceUntilAsync(() => _extensions == 5);

        lease.Lost.IsCancellationRequested.Should().BeFalse();
    }

    private void Extend(Func<TimeSpan?> result) =>
        _queue.ExtendAsync("parcels", Arg.Any<ReceivedMessage>(), Arg.Any<CancellationToken>()).Returns(_ =>
        {
            _extensions++;
            return Task.FromResult(result());
        });

    private MessageLease Start(ReceivedMessage? message = null)
    {
        var lease = MessageLease.Start("parcels", message ?? Message(_visibility), _queue, _time, ((ILoggerProvider)_log).CreateLogger(""));
        lease.PollAfterExtensions(_ => Task.FromResult(_isOwn));
        return lease;
    }

    private static ReceivedMessage Message(TimeSpan visibility) =>
        new() { Id = "1", ReceiptHandle = "1/1", Body = "{}", ReceiveCount = 1, HiddenFor = visibility };

    private Task AdvanceUntilAsync(Func<bool> condition) => AdvanceUntilAsync(condition, TimeSpan.FromSeconds(1));

    private Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(step);
            return condition();
        },
        _timeout, () => $"after {_extensions} extensions at {_time.GetUtcNow():T}");
}
