using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>Durations as a number of seconds, at least 0, written with at most three decimals.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => Write(writer, value);

    internal static TimeSpan Read(ref Utf8JsonReader reader)
    {
        var seconds = reader.GetDouble();
        return seconds >= 0 && seconds <= TimeSpan.MaxValue.TotalSeconds / 2
            ? TimeSpan.FromSeconds(seconds)
            : throw new JsonException($"{seconds} is no duration in seconds; it must be 0 or more.");
    }

    internal static void Write(Utf8JsonWriter writer, TimeSpan value) => writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
}
