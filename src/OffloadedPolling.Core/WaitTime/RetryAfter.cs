namespace OffloadedPolling.WaitTime;

/// <summary>How long a caller should wait before its next poll.</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(1);

    // Without an estimate: long enough to cost little, and short enough for people.
    private static readonly TimeSpan _unknown = TimeSpan.FromSeconds(2);

    // The 20 % quantile: four of five operations still run then, so an earlier poll would rarely find anything new.
    private const int QuantileBefore = 3;

    /// <summary>
    /// Returns the 20 % quantile if it is known; otherwise, the median divided by e^σ, about the 16 % quantile. This is for callers that
    /// use nothing else. A poller that reads the estimate polls better.
    /// </summary>
    public static TimeSpan For(OperationStatus status, DateTimeOffset now)
    {
        if (status.State.IsTerminal())
        {
            return TimeSpan.Zero;
        }

        if (status.Estimate is not { } estimate || estimate.Median <= TimeSpan.Zero || estimate.Upper < estimate.Median)
        {
            return _unknown;
        }

        var first = estimate.Quantiles is { Count: > QuantileBefore } quantiles
            ? quantiles[QuantileBefore]
            : estimate.Median * Math.Exp(-LogNormal.SigmaOf(estimate));
        var wait = first - (now > status.LastUpdatedAt ? now - status.LastUpdatedAt : TimeSpan.Zero);
        return wait > _shortest ? wait : _shortest;
    }
}
