using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Processing;

/// <summary>Durations that were measured and are not yet written.</summary>
internal sealed class MeasuredDurations
{
    private readonly Lock _lock = new();

    private DurationHistogram _durations = new();

    private TaskCompletionSource _any = New();

    /// <summary>Completed while there are any.</summary>
    public Task Any
    {
        get
        {
            lock (_lock)
            {
                return _any.Task;
            }
        }
    }

    public void Add(TimeSpan duration)
    {
        lock (_lock)
        {
            _durations.Add(duration);
            _any.TrySetResult();
        }
    }

    /// <summary>Takes all of them.</summary>
    public DurationHistogram Take()
    {
        lock (_lock)
        {
            (var taken, _durations, _any) = (_durations, new DurationHistogram(), New());
            return taken;
        }
    }

    /// <summary>Puts back what was taken.</summary>
    public void PutBack(DurationHistogram taken)
    {
        lock (_lock)
        {
            _durations.Add(taken);
            if (_durations.Total > 0)
            {
                _any.TrySetResult();
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
