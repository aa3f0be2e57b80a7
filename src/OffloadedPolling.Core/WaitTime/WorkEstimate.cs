namespace OffloadedPolling.WaitTime;

/// <summary>What the work of a kind takes, without any wait.</summary>
/// <param name="Estimate">The durations; <see langword="null"/> if nothing was measured or configured.</param>
/// <param name="Moments">Those of the same durations.</param>
/// <param name="Profile">What they were made of; <see langword="null"/> if nothing was measured.</param>
/// <param name="Prior">And this; <see langword="null"/> if nothing was configured.</param>
internal sealed record WorkEstimate(OperationEstimate? Estimate, DurationMoments Moments, DurationProfile? Profile, OperationEstimate? Prior);
