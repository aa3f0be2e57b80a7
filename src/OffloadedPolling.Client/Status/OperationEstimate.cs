using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>Represents the estimated distribution of the time until an operation is done. In JSON, durations are in seconds.</summary>
public sealed record OperationEstimate
{
    private const double MostlyOver = 0.999;

    /// <summary>Gets the probabilities that the elements of <see cref="Quantiles"/> belong to, in order.</summary>
    public static IReadOnlyList<double> QuantileLevels { get; } =
        Array.AsReadOnly([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]);

    /// <summary>Gets the duration within which half of such operations are done.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Median { get; init; }

    /// <summary>Gets the duration within which 90 % of such operations are done. It is at least <see cref="Median"/>.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public required TimeSpan Upper { get; init; }

    /// <summary>Gets one duration for each of <see cref="QuantileLevels"/>, in ascending order; absent if not measured.</summary>
    [JsonConverter(typeof(SecondsListConverter))]
    public IReadOnlyList<TimeSpan>? Quantiles { get; init; }

    /// <summary>Returns the durations within which the specified shares of such operations are done, by interpolation.</summary>
    /// <param name="shares">The shares, each more than 0 and less than 1.</param>
    /// <returns>One duration for each share.</returns>
    /// <exception cref="InvalidOperationException">The median is 0, or more than <see cref="Upper"/>.</exception>
    public IReadOnlyList<TimeSpan> QuantilesAt(params ReadOnlySpan<double> shares)
    {
        var distribution = DurationDistribution.From(this)
            ?? throw new InvalidOperationException(
                $"{nameof(Median)} is {Median}; it must be more than 0 and at most {nameof(Upper)}, which is {Upper}.");
        var durations = new TimeSpan[shares.Length];
        for (var i = 0; i < durations.Length; i++)
        {
            durations[i] = TimeSpan.FromSeconds(distribution.SecondsAt(shares[i]));
        }

        return durations;
    }

    /// <summary>Returns the estimate of the remaining time if the operation has not ended after the specified time.</summary>
    /// <param name="elapsed">The time since the estimate was made.</param>
    /// <returns>
    /// The estimate, counted from that time and based on the operations that take longer. It is <see langword="null"/> if fewer than 1 in
    /// 1,000 operations take longer, because nothing is known about them. It is also <see langword="null"/> if there are no usable
    /// quantiles and the median is 0 or more than <see cref="Upper"/>.
    /// </returns>
    public OperationEstimate? After(TimeSpan elapsed)
    {
        if (elapsed <= TimeSpan.Zero)
        {
            return this;
        }

        if (DurationDistribution.From(this) is not { } distribution
            || distribution.ShareUnder(elapsed.TotalSeconds) is not (< MostlyOver and var over))
        {
            return null;
        }

        return new OperationEstimate
        {
            Median = Left(0.5),
            Upper = Left(0.9),
            Quantiles = Quantiles is null ? null : [.. QuantileLevels.Select(Left)],
        };

        TimeSpan Left(double share) =>
            TimeSpan.FromSeconds(Math.Max(distribution.SecondsAt(over + (share * (1 - over))) - elapsed.TotalSeconds, 0));
    }
}
