namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>
/// Time for one poller: when it waits, time jumps to the end of the wait, or to the end of a timeout that comes before. So a test runs
/// through hours at once, and every run is the same.
/// </summary>
internal sealed class AutoAdvancingTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset _start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();

    private readonly List<Timer> _timers = [];

    private TimeSpan _now;

    /// <summary>What the poller waited for, in turn.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Waits do not end by themselves any more.</summary>
    public bool Hold { get; set; }

    /// <summary>How far the caller's clock is ahead of the servers'.</summary>
    public TimeSpan ClockError { get; set; }

    public TimeSpan Now => _now;

    public DateTimeOffset ServerNow => _start + _now;

    public bool IsWaiting
    {
        get
        {
            lock (_lock)
            {
                return _timers.Exists(timer => timer.IsWait);
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => ServerNow + ClockError;

    /// <summary>Time passes while the poller does something.</summary>
    public void Pass(TimeSpan time) => _now += time;

    /// <summary>Jumps to what ends first. For requests that hang.</summary>
    public void Jump()
    {
        Timer? next;
        lock (_lock)
        {
            next = _timers.MinBy(timer => timer.Due);
            _now = next is null || next.Due < _now ? _now : next.Due;
            _timers.Remove(next!);
        }

        next?.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state), state is not CancellationTokenSource);
        timer.Change(dueTime, period);
        if (timer.IsWait)
        {
            Waits.Add(dueTime);
            if (!Hold)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => Jump(), null);
            }
        }

        return timer;
    }

    private sealed class Timer(AutoAdvancingTimeProvider time, Action fire, bool isWait) : ITimer
    {
        /// <summary>Whether it is a wait, and no timeout.</summary>
        public bool IsWait => isWait;

        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time._now + dueTime;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
