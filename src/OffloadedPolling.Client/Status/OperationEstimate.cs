using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>The distribution of the time until an operation is done. In JSON all durations are seconds.</summary>
public sealed record OperationEstimate
{
    private const double MostlyOver = 0.999;

    /// <summary>The probabilities that <see cref="Quantiles"/> stand at, in order.</summary>
    public static IReadOnlyList<double> QuantileLevels { get; } =
        Array.AsReadOnly([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]);

    /// <summary>Half of such operations are done by then.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Median { get; init; }

    /// <summary>Nine of ten such operations are done by then; at least <see cref="Median"/>.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Upper { get; init; }

    /// <summary>When measured: one duration for each of <see cref="QuantileLevels"/>, ascending.</summary>
    [JsonConverter(typeof(SecondsListConverter))]
    public IReadOnlyList<TimeSpan>? Quantiles { get; init; }

    /// <summary>The durations that given shares of such operations stay under, between and beyond the numbers that are told.</summary>
    /// <param name="shares">Each over 0 and under 1.</param>
    /// <returns>One duration for each.</returns>
    /// <exception cref="InvalidOperationException">The estimate tells nothing: its median is 0, or over <see cref="Upper"/>.</exception>
    public IReadOnlyList<TimeSpan> QuantilesAt(params ReadOnlySpan<double> shares)
    {
        var distribution = DurationDistribution.Of(this)
            ?? throw new InvalidOperationException($"An estimate with the median {Median} and the upper bound {Upper} tells nothing.");
        var durations = new TimeSpan[shares.Length];
        for (var i = 0; i < durations.Length; i++)
        {
            durations[i] = TimeSpan.FromSeconds(distribution.SecondsAt(shares[i]));
        }

        return durations;
    }

    /// <summary>What is left of it for an operation that is still under way after a while.</summary>
    /// <param name="elapsed">How long ago the estimate was made.</param>
    /// <returns>
    /// The estimate counted from then, by those of such operations that take as long; <see langword="null"/> if fewer than one in a thousand
    /// do, since nothing is known of them.
    /// </returns>
    public OperationEstimate? After(TimeSpan elapsed)
    {
        if (elapsed <= TimeSpan.Zero)
        {
            return this;
        }

        if (DurationDistribution.Of(this) is not { } distribution || distribution.ShareUnder(elapsed.TotalSeconds) is not (< MostlyOver and var over))
        {
            return null;
        }

        return new OperationEstimate
        {
            Median = Left(0.5),
            Upper = Left(0.9),
            Quantiles = Quantiles is null ? null : [.. QuantileLevels.Select(Left)],
        };

        TimeSpan Left(double share) => TimeSpan.FromSeconds(Math.Max(distribution.SecondsAt(over + (share * (1 - over))) - elapsed.TotalSeconds, 0));
    }
}
