namespace OffloadedPolling.Client;

/// <summary>When to look next: the schedule of the newest estimate, jittered, and within what the caller wants.</summary>
internal sealed class PollPace
{
    /// <summary>No wait is longer, whoever asks for it; a timer takes 49 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly OperationPollerOptions _options;

    private OperationEstimate? _estimate;

    public PollPace(OperationPollerOptions options, OperationEstimate? estimate)
    {
        _options = options;
        _estimate = estimate;
        Schedule = NewSchedule();
    }

    /// <summary>That of the newest estimate.</summary>
    public PollSchedule Schedule { get; private set; }

    private TimeSpan Most => _options.AtLeastEvery is { } often && often < Longest ? often : Longest;

    /// <summary>Takes the estimate of a new document in place of the one before.</summary>
    public void Follow(OperationEstimate? estimate)
    {
        if (!AreSame(estimate, _estimate))
        {
            _estimate = estimate;
            Schedule = NewSchedule();
        }
    }

    /// <summary>How long to wait.</summary>
    /// <param name="age">The age of what the estimate counts from.</param>
    /// <param name="underWay">For how long the operation has been under way: where there is no estimate, the looks become rarer with that.</param>
    /// <param name="ifUnknown">The least to wait where there is no estimate.</param>
    public TimeSpan NextWait(TimeSpan age, TimeSpan underWay, TimeSpan ifUnknown)
    {
        var most = Most;
        var elapsed = _estimate is null ? underWay : age;
        var least = _estimate is not null ? TimeSpan.Zero : ifUnknown < most ? ifUnknown : most;
        var delay = Clamp(Schedule.NextDelay(elapsed), least, most);
        return PollJitter.Within(PollJitter.Apply(delay, Schedule.NextDelay(elapsed + delay), _options.Random()), least, most);
    }

    /// <summary>What the host said of a document whose age is not known, or a little more.</summary>
    public TimeSpan NoSoonerThan(TimeSpan retryAfter)
    {
        var least = Clamp(retryAfter, TimeSpan.Zero, Most);
        return PollJitter.Within(PollJitter.Apply(least, least, _options.Random()), least, Most);
    }

    private static TimeSpan Clamp(TimeSpan delay, TimeSpan least, TimeSpan most) => delay < least ? least : delay > most ? most : delay;

    // Two lists of the same durations are different objects.
    private static bool AreSame(OperationEstimate? one, OperationEstimate? other) =>
        one == other
        || (one is not null && other is not null && one.Median == other.Median && one.Upper == other.Upper
            && one.Quantiles is { } quantiles && other.Quantiles is { } others && quantiles.SequenceEqual(others));

    // Costs a fraction of a millisecond to a few, which is why it is made for a new estimate only. What is left of the one before, as progress
    // brings it, is a new one too.
    private PollSchedule NewSchedule() => new(_estimate, _options.TargetDelay ?? PollSchedule.DefaultTargetDelay(_estimate));
}
