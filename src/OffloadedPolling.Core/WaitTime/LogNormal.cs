namespace OffloadedPolling.WaitTime;

/// <summary>Log-normal durations. Median and upper bound of an estimate determine one.</summary>
internal static class LogNormal
{
    // The 90 % quantile of the standard normal distribution.
    private const double UpperScore = 1.2815515655446004;

    public static OperationEstimate Estimate(TimeSpan median, double sigma) =>
        new() { Median = median, Upper = median * Math.Exp(sigma * UpperScore) };

    /// <summary>Returns the standard deviation of the logarithm.</summary>
    public static double SigmaOf(OperationEstimate estimate) => Math.Log(estimate.Upper / estimate.Median) / UpperScore;
}
