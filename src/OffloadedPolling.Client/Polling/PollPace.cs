namespace OffloadedPolling.Client;

/// <summary>Calculates the wait before the next poll: the newest estimate's schedule with jitter, within the caller's limits.</summary>
internal sealed class PollPace
{
    /// <summary>The maximum of every wait. Timers support at most 49 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private const double JitterShare = 0.25;

    private const double FirstBackOffSeconds = 1;

    private const double LongestBackOffSeconds = 30;

    private readonly OperationPollerOptions _options;

    private OperationEstimate? _estimate;

    public PollPace(OperationPollerOptions options, OperationEstimate? estimate)
    {
        _options = options;
        _estimate = estimate;
        Schedule = NewSchedule();
    }

    /// <summary>Gets the schedule of the newest estimate.</summary>
    public PollSchedule Schedule { get; private set; }

    private TimeSpan Most => _options.AtLeastEvery is { } often && often < Longest ? often : Longest;

    /// <summary>Replaces the estimate with the one of a new document.</summary>
    public void Follow(OperationEstimate? estimate)
    {
        if (!AreSame(estimate, _estimate))
        {
            _estimate = estimate;
            Schedule = NewSchedule();
        }
    }

    /// <summary>Returns the wait before the next poll.</summary>
    /// <param name="age">The time since the start of the estimate.</param>
    /// <param name="underWay">The time since the operation was accepted. Without an estimate, the interval grows with it.</param>
    /// <param name="ifUnknown">The minimum wait if there is no estimate.</param>
    public TimeSpan NextWait(TimeSpan age, TimeSpan underWay, TimeSpan ifUnknown)
    {
        var most = Most;
        var elapsed = _estimate is null ? underWay : age;
        var least = _estimate is not null ? TimeSpan.Zero : ifUnknown < most ? ifUnknown : most;
        var delay = Clamp(Schedule.NextDelay(elapsed), least, most);
        return Within(Jitter(delay, Schedule.NextDelay(elapsed + delay), _options.Random()), least, most);
    }

    /// <summary>Returns <paramref name="retryAfter"/> plus jitter, for a document whose age is unknown.</summary>
    public TimeSpan NoSoonerThan(TimeSpan retryAfter)
    {
        var least = Clamp(retryAfter, TimeSpan.Zero, Most);
        return Within(Jitter(least, least, _options.Random()), least, Most);
    }

    /// <summary>Returns the wait after a failure: exponential with full jitter, so that callers do not retry at the same time.</summary>
    /// <remarks>https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/</remarks>
    /// <param name="failures">The number of failures in a row, starting at 1.</param>
    /// <param name="retryAfter">The minimum wait that the server requests.</param>
    public TimeSpan BackOff(int failures, TimeSpan? retryAfter)
    {
        var most = Math.Min(FirstBackOffSeconds * Math.Pow(2, Math.Min(failures - 1, 20)), LongestBackOffSeconds);
        var wait = TimeSpan.FromSeconds(most * _options.Random());
        return retryAfter > wait ? retryAfter.Value : wait;
    }

    /// <summary>Spreads the polls of callers that started at the same time. The average is <paramref name="delay"/>.</summary>
    /// <param name="delay">The schedule's delay.</param>
    /// <param name="following">The schedule's delay after this one, so that polls close to each other stay in order.</param>
    /// <param name="random">A uniform random number from 0 to 1.</param>
    internal static TimeSpan Jitter(TimeSpan delay, TimeSpan following, double random) =>
        delay + (JitterShare * ((2 * random) - 1) * (delay < following ? delay : following));

    /// <summary>Mirrors a wait at the bound it exceeds, so that polls do not pile up there. The lower bound always holds.</summary>
    internal static TimeSpan Within(TimeSpan wait, TimeSpan least, TimeSpan most)
    {
        wait = wait < least ? least + (least - wait) : wait;
        wait = wait > most ? most - (wait - most) : wait;
        return wait < least ? least : wait;
    }

    private static TimeSpan Clamp(TimeSpan delay, TimeSpan least, TimeSpan most) => delay < least ? least : delay > most ? most : delay;

    // Record equality compares the lists by reference.
    private static bool AreSame(OperationEstimate? one, OperationEstimate? other) =>
        one == other
        || (one is not null && other is not null && one.Median == other.Median && one.Upper == other.Upper
            && one.Quantiles is { } quantiles && other.Quantiles is { } others && quantiles.SequenceEqual(others));

    // Takes up to a few milliseconds, so it runs only for a new estimate. The remaining estimate in a progress document is a new one.
    private PollSchedule NewSchedule() => new(_estimate, _options.TargetDelay ?? PollSchedule.DefaultTargetDelay(_estimate));
}
