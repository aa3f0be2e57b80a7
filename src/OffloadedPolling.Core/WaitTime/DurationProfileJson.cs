using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.WaitTime;

/// <summary>Reads and writes duration profiles as a few hundred bytes of JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DurationProfileDocument))]
internal sealed partial class DurationProfileJson : JsonSerializerContext
{
    private const int CurrentFormat = 1;
    private const double Sum = 1000;
    private const int Digits = 3;

    // Durations that are rarer than this, in a thousand, are left out.
    private const double Least = 0.05;

    public static byte[] Write(DurationProfile profile)
    {
        var histogram = profile.Histogram;
        var weights = Enumerable.Range(0, histogram.Last + 1)
            .Select(bin => Rounded(histogram.Weight(bin) * Sum / histogram.Total)).ToList();
        var first = Math.Max(weights.FindIndex(weight => weight > 0), 0);
        var last = weights.FindLastIndex(weight => weight > 0);
        return JsonSerializer.SerializeToUtf8Bytes(
            new DurationProfileDocument(
                first, weights[first..(last + 1)], Math.Round(profile.Evidence, 1), profile.UpdatedAt,
                profile.Workers.ToDictionary(worker => worker.Key, long[]? (worker) => [worker.Value.Slots, worker.Value.SeenAt])),
            Default.DurationProfileDocument);
    }

    /// <exception cref="NotSupportedException">A newer version of this library wrote it.</exception>
    /// <exception cref="JsonException">It is not a profile; the message says why.</exception>
    public static DurationProfile Read(ReadOnlySpan<byte> utf8Json)
    {
        var document = JsonSerializer.Deserialize(utf8Json, Default.DurationProfileDocument);
        if (document is { Format: > CurrentFormat })
        {
            throw new NotSupportedException(
                $"The format is {document.Format}, from a newer version of this library. This version knows {CurrentFormat}.");
        }

        if (document is not { Weights: not null, Workers: not null, Evidence: >= 0 and < double.PositiveInfinity }
            || document.Weights.Exists(weight => weight is not (>= 0 and <= Sum))
            || document.First < 0 || document.First > DurationHistogram.Bins - document.Weights.Count)
        {
            throw new JsonException("The weights, workers or evidence are missing or out of range.");
        }

        var total = document.Weights.Sum();
        var histogram = new DurationHistogram();
        for (var index = 0; index < document.Weights.Count; index++)
        {
            histogram.Add(document.First + index, document.Weights[index] / total);
        }

        return new DurationProfile(
            histogram,
            total > 0 && document.Evidence > 0 ? Math.Clamp(document.Evidence, 1, DurationLearning.MostEvidence) : 0,
            document.UpdatedAt,
            document.Workers.ToImmutableDictionary(worker => worker.Key, worker => WorkerOf(worker.Value)));
    }

    private static DurationProfile.ListedWorker WorkerOf(long[]? worker) => worker is [>= 0 and <= int.MaxValue, _]
        ? new DurationProfile.ListedWorker((int)worker[0], worker[1])
        : throw new JsonException("A worker does not consist of its slots and the time when it was seen.");
    private static double Rounded(double weight) =>
        weight < Least ? 0 : Math.Round(weight, Math.Max(Digits - 1 - (int)Math.Floor(Math.Log10(weight)), 0));
}

/// <summary>A duration profile as it is stored.</summary>
/// <param name="First">The bin of the first weight.</param>
/// <param name="Weights">The weights, which sum to a thousand.</param>
/// <param name="Evidence">The number of durations that they are based on.</param>
/// <param name="UpdatedAt">The time when it was written, in seconds since 1970.</param>
/// <param name="Workers">The slots of each worker by its ID, and when it was seen, in seconds since 1970.</param>
/// <param name="Format">The version of the format; 1 if missing.</param>
internal sealed record DurationProfileDocument(
    int First, List<double> Weights, double Evidence, long UpdatedAt, Dictionary<string, long[]?> Workers, int Format = 1);
