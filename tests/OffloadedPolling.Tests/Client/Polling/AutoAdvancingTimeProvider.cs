namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>
/// Fake time for one poller. When the poller waits, time jumps to the end of the wait, or to an earlier timeout. Hours pass
/// immediately, and every run is the same.
/// </summary>
internal sealed class AutoAdvancingTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset _start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();

    private readonly List<Timer> _timers = [];

    private TimeSpan _now;

    /// <summary>Gets the durations of the poller's waits, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Gets or sets whether waits no longer end by themselves.</summary>
    public bool Hold { get; set; }

    /// <summary>Gets or sets how far the caller's clock is ahead of the servers' clocks.</summary>
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

    /// <summary>Advances the time without ending a wait.</summary>
    public void Pass(TimeSpan time) => _now += time;

    /// <summary>Jumps to the wait or timeout that ends first. Used for requests that hang.</summary>
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
        /// <summary>Gets whether this is a wait, not a timeout.</summary>
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
