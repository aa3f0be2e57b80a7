namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A process of an API, a worker or a reader of dead letters, which can die.</summary>
internal sealed class SteppedProcess
{
    private volatile bool _isDead;

    public bool IsDead { get => _isDead; set => _isDead = value; }
}
