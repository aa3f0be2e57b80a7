namespace OffloadedPolling.Tests.StateMachine;

/// <summary>
/// Makes a limited number of requests fail, before or after they are carried out. Also simulates outages of the store, in which every
/// request to it fails.
/// </summary>
internal sealed class Faults(Random random, int most)
{
    private int _left = most;

    private bool _storeIsDown;

    public void End() => (_left, _storeIsDown) = (0, false);

    public void BeginOrEndOutage() => _storeIsDown = !_storeIsDown;

    public T AroundStore<T>(Func<T> effect, Func<Exception> failure) => _storeIsDown ? throw failure() : Around(effect, failure);

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
