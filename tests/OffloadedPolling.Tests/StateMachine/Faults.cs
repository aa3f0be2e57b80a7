namespace OffloadedPolling.Tests.StateMachine;

/// <summary>Requests that fail, now before they were carried out and now after; only so many in a sequence.</summary>
internal sealed class Faults(Random random, int most)
{
    private int _left = most;

    public void End() => _left = 0;

    public T Around<T>(Func<T> effect, Func<Exception> failure)
    {
        var failing = _left > 0 && random.Next(8) == 0;
        if (!failing)
        {
            return effect();
        }

        _left--;
        if (random.Next(2) == 0)
        {
            effect();
        }

        throw failure();
    }
}
