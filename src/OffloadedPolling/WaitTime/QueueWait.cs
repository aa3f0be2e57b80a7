namespace OffloadedPolling.WaitTime;

/// <summary>
/// The time until an operation is done that joins the end of a queue: a number of others have to end first, then it runs itself.
/// </summary>
/// <remarks>
/// Durations are taken as log-normal through the prior's median and 90 % quantile, the waits before it as their sum over the workers'
/// slots: mean and variance add up, and the sum of many is close to normal.
/// </remarks>
internal static class QueueWait
{
    // The 90 % quantile of the standard normal distribution.
    private const double Z90 = 1.2815515655446004;

    private static readonly TimeSpan _longest = TimeSpan.FromDays(14);

    public static OperationEstimate Estimate(TimeSpan median, TimeSpan upper, QueueDepth depth, int slots)
    {
        var ahead = (double)depth.Waiting + depth.InFlight - slots + 1;
        if (ahead <= 0)
        {
            return new OperationEstimate { Median = median, Upper = upper };
        }

        var sigma = Math.Log(upper / median) / Z90;
        var mean = median.TotalSeconds * Math.Exp(sigma * sigma / 2);
        var variance = mean * mean * (Math.Exp(sigma * sigma) - 1);

        var wait = ahead * mean / slots;
        var spread = Z90 * Math.Sqrt(ahead * variance) / slots;
        var ownSpread = (upper - median).TotalSeconds;
        var doneAt = median.TotalSeconds + wait;
        return new OperationEstimate
        {
            Median = Seconds(doneAt),
            Upper = Seconds(doneAt + Math.Sqrt((ownSpread * ownSpread) + (spread * spread))),
        };
    }

    private static TimeSpan Seconds(double seconds) => seconds < _longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : _longest;
}
