using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using OffloadedPolling.Processing;

namespace OffloadedPolling.Tests.Processing;

public sealed class HandlerSignalTests
{
    private readonly HeldTimers _time = new();

    [Fact]
    public async Task Fire_SetsIsFiredBeforeTokenIsCanceled()
    {
        var signal = new HandlerSignal("m1", _time, NullLogger.Instance);
        var canceled = new TaskCompletionSource();
        signal.Token.Register(canceled.SetResult);

        signal.Fire();

        (signal.IsFired, signal.Token.IsCancellationRequested).Should().Be((true, false));
        _time.Held.Single()();
        await canceled.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Fire_Twice_StartsOneTimer()
    {
        var signal = new HandlerSignal("m1", _time, NullLogger.Instance);

        signal.Fire();
        signal.Fire();

        _time.Held.Should().ContainSingle();
    }

    /// <summary>Timers that run only when the test runs them.</summary>
    private sealed class HeldTimers : TimeProvider
    {
        public List<Action> Held { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Held.Add(() => callback(state));
            return Substitute.For<ITimer>();
        }
    }
}
