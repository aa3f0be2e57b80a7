namespace OffloadedPolling.Client;

/// <summary>One peak of a distribution of durations: roughly log-normal, and exactly through the quantiles that are known of it.</summary>
/// <param name="From">The share of all durations that lie before this peak.</param>
/// <param name="To">The share that lie before its end.</param>
/// <param name="Shortest">No duration of this peak is shorter. In seconds.</param>
/// <param name="Longest">No duration of this peak is longer. In seconds.</param>
/// <param name="LogSeconds">The logarithm of the duration over the normal score within the peak.</param>
internal sealed record DurationPeak(double From, double To, double Shortest, double Longest, MonotoneCurve LogSeconds)
{
    /// <summary>The duration, in seconds, at a normal score within the peak.</summary>
    public double SecondsAt(double score) => Math.Min(Math.Max(Math.Exp(LogSeconds.At(score)), Shortest), Longest);
}
