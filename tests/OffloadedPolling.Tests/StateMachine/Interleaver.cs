namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// Runs asynchronous code of several processes step by step, in an order that a seed determines. Every request to a store or a queue, every
/// timer, and every action of a handler is a step. It waits until it is chosen, and runs on the thread that chooses it. A seed reproduces
/// most of a sequence, but not all of it: the base library runs the code after a canceled delay on another thread.
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

    /// <summary>Tracks an activity of a process. It may add steps until it ends.</summary>
    public void Track(SteppedProcess process, Task activity)
    {
        _activities.RemoveAll(known => known.Activity.IsCompleted || known.Process.IsDead);
        _activities.Add((process, activity));
    }

    /// <summary>Waits for a step, or until all activities of living processes end. Returns whether there is a step.</summary>
    public bool WaitForStep()
    {
        if (!SpinWait.SpinUntil(
            () => HasSteps || _activities.TrueForAll(known => known.Activity.IsCompleted || known.Process.IsDead), _patience))
        {
            throw new Violation("a process hangs");
        }

        return HasSteps;
    }

    /// <summary>Waits until the step is chosen, then runs its effect.</summary>
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

    /// <summary>Adds a step, and returns an action that removes it.</summary>
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

    /// <summary>Runs a randomly chosen step, if there is one.</summary>
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
    /// Kills a process as SIGKILL does. Each of its pending requests may still be carried out, but the process gets no response.
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

    /// <param name="Process">The process that the step belongs to.</param>
    /// <param name="Run">Runs the step. The argument says whether the code that waits for it continues.</param>
    private sealed record Step(SteppedProcess Process, Action<bool> Run);
}
