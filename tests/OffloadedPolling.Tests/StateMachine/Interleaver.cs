namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// Runs asynchronous code of several processes step by step, in an order that a seed decides: every request to a store or a queue, every
/// timer and every act of a handler is a step that waits until it is chosen, and is done by the thread that chooses. What a cancelled delay
/// goes on with is the base library's to run, on another thread: a seed tells most of a sequence again, not all of it.
/// </summary>
internal sealed class Interleaver(Random random)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly List<Step> _steps = [];

    private readonly List<(SteppedProcess Process, Task Activity)> _activities = [];

    private readonly Lock _lock = new();

    public bool HasSteps
    {
        get
        {
            lock (_lock)
            {
                return _steps.Count > 0;
            }
        }
    }

    public int Next(int most)
    {
        lock (_lock)
        {
            return random.Next(most);
        }
    }

    /// <summary>Something that a process does, from which steps come until it ends.</summary>
    public void Track(SteppedProcess process, Task activity)
    {
        _activities.RemoveAll(known => known.Activity.IsCompleted || known.Process.IsDead);
        _activities.Add((process, activity));
    }

    /// <summary>Whether there is a step, or will be one: what a living process does has not ended and waits for nobody.</summary>
    public bool WaitForStep()
    {
        if (!SpinWait.SpinUntil(
            () => HasSteps || _activities.TrueForAll(known => known.Activity.IsCompleted || known.Process.IsDead), _patience))
        {
            throw new Violation("a process hangs");
        }

        return HasSteps;
    }

    /// <summary>Waits for its turn, then does what the step does.</summary>
    public Task<T> StepAsync<T>(SteppedProcess process, Func<T> effect)
    {
        var done = new TaskCompletionSource<T>();
        Add(process, complete =>
        {
            T result;
            try
            {
                result = effect();
            }
            catch (Exception failed)
            {
                if (complete)
                {
                    done.SetException(failed);
                }

                return;
            }

            if (complete)
            {
                done.SetResult(result);
            }
        });
        return done.Task;
    }

    /// <summary>Adds a step, and returns what takes it back.</summary>
    public Action Add(SteppedProcess process, Action<bool> run)
    {
        var step = new Step(process, run);
        lock (_lock)
        {
            if (!process.IsDead)
            {
                _steps.Add(step);
            }
        }

        return () =>
        {
            lock (_lock)
            {
                _steps.Remove(step);
            }
        };
    }

    /// <summary>Runs a step, whichever it may be, if there is one.</summary>
    public void RunOne()
    {
        Step step;
        lock (_lock)
        {
            if (_steps.Count == 0)
            {
                return;
            }

            var index = random.Next(_steps.Count);
            step = _steps[index];
            _steps.RemoveAt(index);
        }

        step.Run(true);
    }

    /// <summary>
    /// Ends a process as signal 9 does: of its requests under way, each may still be carried out, and no answer is heard.
    /// </summary>
    public void Kill(SteppedProcess process)
    {
        List<Step> left;
        lock (_lock)
        {
            process.IsDead = true;
            left = [.. _steps.Where(step => step.Process == process && random.Next(2) == 0)];
            _steps.RemoveAll(step => step.Process == process);
        }

        left.ForEach(step => step.Run(false));
    }

    /// <param name="Process">Whose it is.</param>
    /// <param name="Run">Does it, and goes on with what waited for it if told to.</param>
    private sealed record Step(SteppedProcess Process, Action<bool> Run);
}
