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
    public async Task AHandlerThatRunsOn_ExtendsAtHalfTime()
    {
        Extend(() => Timestamps.After(_time, _visibility));
        await using var lease = Start();

        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(0, _extensions);
        var startedAt = _time.GetTimestamp();
        await AdvanceUntilAsync(() => _extensions == 10);

        Assert.InRange(_time.GetElapsedTime(startedAt), TimeSpan.FromSeconds(9 * 15), TimeSpan.FromSeconds(10 * 30));
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task AMessageThatIsAnothersNow_IsLostAtOnceAndNotAskedForAgain()
    {
        Extend(() => null);
        await using var lease = Start();

        await AdvanceUntilAsync(() => lease.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(1, _extensions);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task AQueueThatIsDownForAWhile_IsAskedAgainAndTheMessageKept()
    {
        Extend(() => _extensions < 3 ? throw new OperationQueueException("down") : Timestamps.After(_time, _visibility));
        await using var lease = Start();

        await AdvanceUntilAsync(() => _extensions == 4);

        Assert.False(lease.Lost.IsCancellationRequested);
        Assert.Equal([417, 417], _log.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public async Task AQueueThatStaysDown_LosesTheMessageWhenItsTimeIsOver()
    {
        var startedAt = _time.GetTimestamp();
        Extend(() => throw new InvalidOperationException("anything"));
        await using var lease = Start();

        await AdvanceUntilAsync(() => lease.Lost.IsCancellationRequested);

        Assert.InRange(_time.GetElapsedTime(startedAt), TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(40));
        Assert.True(_extensions >= 3, $"It was tried {_extensions} times.");
    }

    [Fact]
    public async Task AnOperationThatIsAnothersNow_IsLostAfterTheNextExtension()
    {
        Extend(() => Timestamps.After(_time, _visibility));
        await using var lease = Start();
        await AdvanceUntilAsync(() => _extensions == 2);
        Assert.False(lease.Lost.IsCancellationRequested);

        _isOwn = false;
        await AdvanceUntilAsync(() => lease.Lost.IsCancellationRequested);

        Assert.Equal(3, _extensions);
    }

    [Fact]
    public async Task ALookThatFails_LosesNothing()
    {
        Extend(() => Timestamps.After(_time, _visibility));
        await using var lease = Start();
        lease.Watch(_ => throw new OperationStoreException("down"));

        await AdvanceUntilAsync(() => _extensions == 3);

        Assert.False(lease.Lost.IsCancellationRequested);
        Assert.Contains(_log.Entries, entry => entry.Id == 418);
    }

    [Fact]
    public async Task ALookThatHangs_DoesNotHoldUpTheNextExtension()
    {
        Extend(() => Timestamps.After(_time, _visibility));
        await using var lease = Start();
        lease.Watch(_ => new TaskCompletionSource<bool>().Task);
        var startedAt = _time.GetTimestamp();

        await AdvanceUntilAsync(() => _extensions == 4);

        Assert.InRange(_time.GetElapsedTime(startedAt), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(4 * 25));
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task AHandlerThatEnds_ExtendsNoMore()
    {
        Extend(() => Timestamps.After(_time, _visibility));
        await Start().DisposeAsync();

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(0, _extensions);
    }

    private void Extend(Func<long?> result) => _queue.ExtendAsync("parcels", Arg.Any<ReceivedMessage>(), Arg.Any<CancellationToken>()).Returns(_ =>
    {
        _extensions++;
        return Task.FromResult(result());
    });

    private MessageLease Start()
    {
        var lease = MessageLease.Start("parcels", Message(), _queue, _time, ((ILoggerProvider)_log).CreateLogger(""));
        lease.Watch(_ => Task.FromResult(_isOwn));
        return lease;
    }

    private ReceivedMessage Message() =>
        new() { Id = "1", ReceiptHandle = "1/1", Body = "{}", ReceiveCount = 1, VisibleAgainAt = Timestamps.After(_time, _visibility) };

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        _timeout, () => $"after {_extensions} extensions at {_time.GetUtcNow():T}");
}
