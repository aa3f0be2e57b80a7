using System.Collections.Concurrent;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>How the handlers of a sequence ended.</summary>
internal sealed class HandlerEnds
{
    private readonly ConcurrentDictionary<(string Id, int Attempt, bool Returned), bool> _ends = new();

    public void Returned(string id, int attempt) => _ends[(id, attempt, true)] = true;

    public void Threw(string id, int attempt) => _ends[(id, attempt, false)] = true;

    public bool HasReturned(string id, int attempt) => _ends.ContainsKey((id, attempt, true));

    public bool HasThrown(string id, int attempt) => _ends.ContainsKey((id, attempt, false));
}
