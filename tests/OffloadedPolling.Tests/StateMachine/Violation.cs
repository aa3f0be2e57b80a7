namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A guarantee that was broken.</summary>
internal sealed class Violation(string message) : Exception(message);
