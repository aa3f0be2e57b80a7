namespace OffloadedPolling.WaitTime;

/// <summary>How long a caller should wait before its next look.</summary>
internal static class RetryAfter
{
    // The 90 % quantile of the standard normal distribution.
    private const double Z90 = 1.2815515655446004;

    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(1);

    // Nothing is known: seldom enough to cost little, soon enough for people.
    private static readonly TimeSpan _unknown = TimeSpan.FromSeconds(2);

    /// <summary>
    /// One standard deviation (of the logarithm) before the median: five of six operations are still under way then, so that an earlier
    /// look would mostly be in vain.
    /// </summary>
    public static TimeSpan For(OperationStatus status, DateTimeOffset now)
    {
        if (status.Status.IsTerminal())
        {
            return TimeSpan.Zero;
        }

        if (status.Estimate is not { } estimate || estimate.Median <= TimeSpan.Zero || estimate.Upper < estimate.Median)
        {
            return _unknown;
        }

        var sigma = Math.Log(estimate.Upper / estimate.Median) / Z90;
        var age = now > status.LastUpdatedAt ? now - status.LastUpdatedAt : TimeSpan.Zero;
        var wait = (estimate.Median * Math.Exp(-sigma)) - age;
        return wait > _shortest ? wait : _shortest;
    }
}
