namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A process of an API, a worker or a reader of dead letters, which can die.</summary>
internal sealed class SteppedProcess
{
    public bool IsDead { get; set; }
}
