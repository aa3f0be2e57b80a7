namespace OffloadedPolling;

/// <summary>How far an operation has come, in its handler's words.</summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="Message">What the work is at.</param>
public sealed record OperationProgress(int Percent, string? Message);
