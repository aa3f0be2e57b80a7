using System.Collections.Immutable;

namespace OffloadedPolling.WaitTime;

/// <summary>What is known of a kind by measurement: how its durations are distributed, and which workers run it. Never changes.</summary>
internal sealed class DurationProfile
{
    private const int MaxWorkers = 1000;

    /// <summary>For how long a worker counts as running that was not seen since.</summary>
    private static readonly TimeSpan _seenWithin = TimeSpan.FromSeconds(150);

    internal DurationProfile(
        DurationHistogram histogram, double evidence, DateTimeOffset updatedAt, ImmutableDictionary<string, ListedWorker> workers) =>
        (Histogram, Evidence, UpdatedAt, Workers) = (histogram, evidence, updatedAt, workers);

    /// <summary>Nothing measured, and no worker seen.</summary>
    public static DurationProfile Empty { get; } =
        new(new DurationHistogram(), 0, DateTimeOffset.UnixEpoch, ImmutableDictionary<string, ListedWorker>.Empty);

    /// <summary>
    /// The distribution of the durations, its weights summing up to 1; empty where <see cref="Evidence"/> is 0. Not to be added to.
    /// </summary>
    public DurationHistogram Histogram { get; }

    /// <summary>How many durations it rests on, the older ones counting for less; 0 to 1,000.</summary>
    public double Evidence { get; }

    public DateTimeOffset UpdatedAt { get; }

    /// <summary>The workers by their ids, those too that have not been seen for long.</summary>
    internal ImmutableDictionary<string, ListedWorker> Workers { get; }

    /// <summary>How many handlers can run at once, in all workers that were seen lately; 0 where none was.</summary>
    public int Slots(DateTimeOffset now) =>
        (int)Math.Min(Workers.Values.Where(worker => IsSeen(worker, now)).Sum(worker => (long)worker.Slots), int.MaxValue);

    /// <summary>
    /// The profile with newly measured durations, and with a worker listed as seen now, or taken out where it has no slots.
    /// </summary>
    public DurationProfile With(DurationHistogram measured, string workerId, int slots, DateTimeOffset now)
    {
        var (histogram, evidence) = DurationLearning.Merge(Histogram, Evidence, measured);
        var workers = Workers.Where(other => other.Key != workerId && IsSeen(other.Value, now))
            .OrderByDescending(other => other.Value.SeenAt).Take(MaxWorkers - 1).ToImmutableDictionary();
        return new DurationProfile(
            histogram, evidence, now, slots > 0 ? workers.SetItem(workerId, new ListedWorker(slots, now.ToUnixTimeSeconds())) : workers);
    }

    // Either side of now: a worker whose clock is far ahead must not stay listed after its end.
    private static bool IsSeen(ListedWorker worker, DateTimeOffset now) =>
        Math.Abs((double)worker.SeenAt - now.ToUnixTimeSeconds()) <= _seenWithin.TotalSeconds;

    /// <param name="Slots">How many handlers it runs at once.</param>
    /// <param name="SeenAt">When it last wrote, in seconds since 1970.</param>
    internal readonly record struct ListedWorker(int Slots, long SeenAt);
}
