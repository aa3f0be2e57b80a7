namespace OffloadedPolling.Tests.StateMachine;

/// <summary>How the handlers of a sequence ended.</summary>
internal sealed class HandlerEnds
{
    public HashSet<(string Id, int Attempt)> Returned { get; } = [];

    public HashSet<(string Id, int Attempt)> Threw { get; } = [];
}
