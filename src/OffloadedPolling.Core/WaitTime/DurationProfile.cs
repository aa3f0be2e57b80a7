using System.Collections.Immutable;

namespace OffloadedPolling.WaitTime;

/// <summary>The measured durations of a kind, and the workers that run it. Immutable.</summary>
internal sealed class DurationProfile(
    DurationHistogram histogram, double evidence, long updatedAt, ImmutableDictionary<string, DurationProfile.ListedWorker> workers)
{
    private const int MaxWorkers = 1000;

    // A worker that was not seen for this time does not count as running.
    private static readonly TimeSpan _seenWithin = TimeSpan.FromSeconds(150);

    /// <summary>Gets the profile of a kind without measurements or workers.</summary>
    public static DurationProfile Empty { get; } = new(new(), 0, 0, ImmutableDictionary<string, ListedWorker>.Empty);

    /// <summary>Gets the durations, with weights that sum to 1; empty if <see cref="Evidence"/> is 0. Must not be changed.</summary>
    public DurationHistogram Histogram { get; } = histogram;

    /// <summary>Gets the number of measured durations, from 0 to 1,000. Older ones count less.</summary>
    public double Evidence { get; } = evidence;

    /// <summary>Gets the time when the profile was written, in seconds since 1970.</summary>
    public long UpdatedAt { get; } = updatedAt;

    /// <summary>Gets the workers by ID, including those that were not seen for a long time.</summary>
    internal ImmutableDictionary<string, ListedWorker> Workers { get; } = workers;

    /// <summary>Returns how many handlers can run at once in all workers that were seen recently.</summary>
    public int Slots(DateTimeOffset now) =>
        (int)Math.Min(Workers.Values.Where(worker => IsSeen(worker, now)).Sum(worker => (long)worker.Slots), int.MaxValue);

    /// <summary>Returns the profile with new durations. The worker is listed as seen now, or is removed if it has no slots.</summary>
    public DurationProfile With(DurationHistogram measured, string workerId, int slots, DateTimeOffset now)
    {
        var (histogram, evidence) = DurationLearning.Merge(Histogram, Evidence, measured);
        var workers = Workers.Where(other => other.Key != workerId && IsSeen(other.Value, now))
            .OrderByDescending(other => other.Value.SeenAt).Take(MaxWorkers - 1).ToImmutableDictionary();
        var seconds = now.ToUnixTimeSeconds();
        return new(histogram, evidence, seconds, slots > 0 ? workers.SetItem(workerId, new(slots, seconds)) : workers);
    }

    // Before or after now: a worker whose clock is far ahead must not stay listed after it has ended.
    private static bool IsSeen(ListedWorker worker, DateTimeOffset now) =>
        Math.Abs((double)worker.SeenAt - now.ToUnixTimeSeconds()) <= _seenWithin.TotalSeconds;

    /// <param name="Slots">The number of handlers that it runs at once.</param>
    /// <param name="SeenAt">The time when it last wrote, in seconds since 1970.</param>
    internal readonly record struct ListedWorker(int Slots, long SeenAt);
}

/// <summary>Merges newly measured durations into a profile. The newest ones count most, and none is forgotten immediately.</summary>
internal static class DurationLearning
{
    // After this number of durations, the earlier ones count for half.
    private const double HalfLife = 50;

    // The durations of one merge count for at most this share, regardless of their number.
    private const double LargestShare = 0.7;

    public const double MostEvidence = 1000;

    /// <summary>Merges measured durations, each with weight 1, into known ones, whose weights sum to 1.</summary>
    public static (DurationHistogram Histogram, double Evidence) Merge(DurationHistogram known, double evidence, DurationHistogram measured)
    {
        var count = measured.Total;
        if (count == 0)
        {
            return (known, evidence);
        }

        var share = evidence > 0 ? Math.Min(1 - Math.Pow(2, -count / HalfLife), LargestShare) : 1;
        var merged = new DurationHistogram();
        merged.Add(known, 1 - share);
        merged.Add(measured, share / count);
        return (merged, Math.Min(((1 - share) * evidence) + count, MostEvidence));
    }
}
