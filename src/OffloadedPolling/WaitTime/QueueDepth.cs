namespace OffloadedPolling.WaitTime;

/// <summary>How many messages a queue holds, as it says itself.</summary>
/// <param name="Waiting">Messages that nobody has received, those still delayed among them.</param>
/// <param name="InFlight">Messages received and not yet deleted.</param>
internal readonly record struct QueueDepth(int Waiting, int InFlight);
