namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// Runs asynchronous code of several processes step by step, in an order that a seed decides: every request to a store or a queue, every
/// timer and every act of a handler is a step that waits until it is chosen. All of it happens on one thread, so that a seed tells a
/// sequence again.
/// </summary>
internal sealed class Interleaver(Random random)
{
    private readonly List<Step> _steps = [];

    private readonly int _thread = Environment.CurrentManagedThreadId;

    public Random Random { get; } = random;

    public bool HasSteps => _steps.Count > 0;

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
        Assert.Equal(_thread, Environment.CurrentManagedThreadId);
        var step = new Step(process, run);
        if (process.IsDead)
        {
            return () => { };
        }

        _steps.Add(step);
        return () => _steps.Remove(step);
    }

    /// <summary>Runs a step, whichever it may be.</summary>
    public void RunOne()
    {
        var index = Random.Next(_steps.Count);
        var step = _steps[index];
        _steps.RemoveAt(index);
        step.Run(true);
    }

    /// <summary>Ends a process as signal 9 does: of its requests under way, each may still be carried out, and no answer is heard.</summary>
    public void Kill(SteppedProcess process)
    {
        process.IsDead = true;
        foreach (var step in _steps.Where(step => step.Process == process).ToList())
        {
            _steps.Remove(step);
            if (Random.Next(2) == 0)
            {
                step.Run(false);
            }
        }
    }

    /// <param name="Process">Whose it is.</param>
    /// <param name="Run">Does it, and goes on with what waited for it if told to.</param>
    private sealed record Step(SteppedProcess Process, Action<bool> Run);
}
