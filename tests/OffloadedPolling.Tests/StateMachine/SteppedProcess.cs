namespace OffloadedPolling.Tests.StateMachine;

/// <summary>The process of an API, a worker, or a dead-letter reader. It can die.</summary>
internal sealed class SteppedProcess
{
    private volatile bool _isDead;

    public bool IsDead { get => _isDead; set => _isDead = value; }
}
