namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A promise that was not kept.</summary>
internal sealed class Violation(string promise) : Exception(promise);
