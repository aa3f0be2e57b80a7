namespace OffloadedPolling;

/// <summary>How many messages a queue holds, as it says itself.</summary>
/// <param name="Waiting">Messages that nobody has received, or whose receiver has lost them; those still delayed among them.</param>
/// <param name="InFlight">Messages received, and not yet deleted or visible again.</param>
public readonly record struct QueueDepth(int Waiting, int InFlight);
