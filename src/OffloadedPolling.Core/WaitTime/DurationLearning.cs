namespace OffloadedPolling.WaitTime;

/// <summary>How newly measured durations change what is known: the newest count most, and none is ever forgotten at once.</summary>
internal static class DurationLearning
{
    /// <summary>After so many durations, what was known before counts for half.</summary>
    private const double HalfLife = 50;

    /// <summary>The most that the durations of one merge count for, however many they are.</summary>
    private const double LargestShare = 0.7;

    /// <summary>The most durations that a profile is taken to rest on.</summary>
    public const double MostEvidence = 1000;

    /// <summary>Merges newly measured durations into what is known.</summary>
    /// <param name="known">The distribution as known, its weights summing up to 1.</param>
    /// <param name="evidence">How many durations it rests on.</param>
    /// <param name="measured">The new durations, each with the weight 1.</param>
    /// <returns>The new distribution, its weights summing up to 1, and what it rests on.</returns>
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
