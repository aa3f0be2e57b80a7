namespace OffloadedPolling.WaitTime;

/// <summary>Log-normal durations, by the two numbers that an estimate tells of them.</summary>
internal static class LogNormal
{
    // The 90 % quantile of the standard normal distribution.
    private const double UpperScore = 1.2815515655446004;

    /// <summary>The estimate of a median and the standard deviation of the logarithm.</summary>
    public static OperationEstimate Estimate(TimeSpan median, double sigma) =>
        new() { Median = median, Upper = median * Math.Exp(sigma * UpperScore) };

    /// <summary>The standard deviation of the logarithm, by median and upper bound.</summary>
    public static double SigmaOf(OperationEstimate estimate) => Math.Log(estimate.Upper / estimate.Median) / UpperScore;
}
