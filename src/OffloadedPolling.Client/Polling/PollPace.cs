namespace OffloadedPolling.Client;

/// <summary>How long to wait before the next poll: the schedule of the newest estimate, jittered, within what the caller allows.</summary>
internal sealed class PollPace
{
    /// <summary>The longest wait, whoever asks for it. A timer takes at most 49 days.</summary>
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

    /// <summary>Replaces the estimate with that of a new document.</summary>
    public void Follow(OperationEstimate? estimate)
    {
        if (!AreSame(estimate, _estimate))
        {
            _estimate = estimate;
            Schedule = NewSchedule();
        }
    }

    /// <summary>Returns how long to wait before the next poll.</summary>
    /// <param name="age">The age of what the estimate counts from.</param>
    /// <param name="underWay">How long the operation has been under way. Without an estimate, polls become rarer with it.</param>
    /// <param name="ifUnknown">The shortest wait without an estimate.</param>
    public TimeSpan NextWait(TimeSpan age, TimeSpan underWay, TimeSpan ifUnknown)
    {
        var most = Most;
        var elapsed = _estimate is null ? underWay : age;
        var least = _estimate is not null ? TimeSpan.Zero : ifUnknown < most ? ifUnknown : most;
        var delay = Clamp(Schedule.NextDelay(elapsed), least, most);
        return Within(Jitter(delay, Schedule.NextDelay(elapsed + delay), _options.Random()), least, most);
    }

    /// <summary>Returns <paramref name="retryAfter"/> or a little more. For a document whose age is unknown.</summary>
    public TimeSpan NoSoonerThan(TimeSpan retryAfter)
    {
        var least = Clamp(retryAfter, TimeSpan.Zero, Most);
        return Within(Jitter(least, least, _options.Random()), least, Most);
    }

    /// <summary>Returns how long to wait after a failure: exponential, with full jitter, so callers that failed together spread.</summary>
    /// <remarks>https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/</remarks>
    /// <param name="failures">The number of failures in a row, from 1.</param>
    /// <param name="retryAfter">What the server asks for: the shortest wait.</param>
    public TimeSpan BackOff(int failures, TimeSpan? retryAfter)
    {
        var most = Math.Min(FirstBackOffSeconds * Math.Pow(2, Math.Min(failures - 1, 20)), LongestBackOffSeconds);
        var wait = TimeSpan.FromSeconds(most * _options.Random());
        return retryAfter > wait ? retryAfter.Value : wait;
    }

    /// <summary>Spreads the polls of callers that began at the same instant. The result is <paramref name="delay"/> on average.</summary>
    /// <param name="delay">The schedule's delay.</param>
    /// <param name="following">The schedule's delay after this one: polls that are close to each other stay in order.</param>
    /// <param name="random">From 0 to 1, uniform.</param>
    internal static TimeSpan Jitter(TimeSpan delay, TimeSpan following, double random) =>
        delay + (JitterShare * ((2 * random) - 1) * (delay < following ? delay : following));

    /// <summary>Mirrors a wait at the bounds it exceeds, so that polls do not pile up there. Never below the lower bound.</summary>
    internal static TimeSpan Within(TimeSpan wait, TimeSpan least, TimeSpan most)
    {
        wait = wait < least ? least + (least - wait) : wait;
        wait = wait > most ? most - (wait - most) : wait;
        return wait < least ? least : wait;
    }

    private static TimeSpan Clamp(TimeSpan delay, TimeSpan least, TimeSpan most) => delay < least ? least : delay > most ? most : delay;

    // Two lists of the same durations are different objects.
    private static bool AreSame(OperationEstimate? one, OperationEstimate? other) =>
        one == other
        || (one is not null && other is not null && one.Median == other.Median && one.Upper == other.Upper
            && one.Quantiles is { } quantiles && other.Quantiles is { } others && quantiles.SequenceEqual(others));

    // Takes up to a few milliseconds, so it is made only for a new estimate. What is left of the one before, as progress brings it, is a
    // new one too.
    private PollSchedule NewSchedule() => new(_estimate, _options.TargetDelay ?? PollSchedule.DefaultTargetDelay(_estimate));
}
