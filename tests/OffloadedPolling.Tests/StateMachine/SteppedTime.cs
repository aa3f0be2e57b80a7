namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// A clock whose timers are steps. They fire in any order, as after a pause of the process, and advance the time.
/// </summary>
internal sealed class SteppedTime(Interleaver interleaver, SteppedProcess process, SteppedTime.Now now) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now.Ticks;

    // Stands still most of the time, as a clock does within a millisecond.
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(now.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>The current time, which all processes share.</summary>
    internal sealed class Now
    {
        public long Ticks { get; set; }
    }

    private sealed class Timer(SteppedTime time, TimerCallback callback, object? state) : ITimer
    {
        private Action? _remove;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Dispose();
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _remove = time.Add(this, dueTime);
            }

            return true;
        }

        public void Fire()
        {
            _remove = null;
            callback(state);
        }

        public void Dispose() => Interlocked.Exchange(ref _remove, null)?.Invoke();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private Action Add(Timer timer, TimeSpan dueTime)
    {
        var due = now.Ticks + dueTime.Ticks;
        return interleaver.Add(process, complete =>
        {
            now.Ticks = Math.Max(now.Ticks, due);
            if (complete)
            {
                timer.Fire();
            }
        });
    }
}
