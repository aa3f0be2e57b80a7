namespace OffloadedPolling.WaitTime;

/// <summary>How long a caller should wait before its next look.</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(1);

    // Nothing is known: seldom enough to cost little, soon enough for people.
    private static readonly TimeSpan _unknown = TimeSpan.FromSeconds(2);

    // Four or five of six operations are still under way then, so that an earlier look would mostly be in vain.
    private const int QuantileBefore = 3;

    /// <summary>
    /// The 20 % quantile where it is known, else one standard deviation (of the logarithm) before the median. For callers who look by this
    /// alone; a poller that reads the estimate does better.
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

        var age = now > status.LastUpdatedAt ? now - status.LastUpdatedAt : TimeSpan.Zero;
        var wait = First(estimate) - age;
        return wait > _shortest ? wait : _shortest;
    }

    private static TimeSpan First(OperationEstimate estimate) => estimate.Quantiles is { Count: > QuantileBefore } quantiles
        ? quantiles[QuantileBefore]
        : estimate.Median * Math.Exp(-LogNormal.SigmaOf(estimate));
}
