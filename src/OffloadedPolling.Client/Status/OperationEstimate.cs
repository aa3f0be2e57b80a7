using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>The distribution of the time until an operation is done. In JSON all durations are seconds.</summary>
public sealed record OperationEstimate
{
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
}
