using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>Reads and writes a duration as a number of seconds, at least 0, with at most three decimals.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    private static readonly double _most = TimeSpan.MaxValue.TotalSeconds / 2;

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => Write(writer, value);

    internal static TimeSpan Read(ref Utf8JsonReader reader)
    {
        var seconds = reader.GetDouble();
        return seconds >= 0 && seconds <= _most
            ? TimeSpan.FromSeconds(seconds)
            : throw new JsonException(
                $"{seconds} is not a valid duration in seconds; it must be 0 or more, and at most {Math.Floor(_most)}.");
    }

    internal static void Write(Utf8JsonWriter writer, TimeSpan value) => writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
}

/// <summary>Reads and writes a list of durations as an array of seconds.</summary>
internal sealed class SecondsListConverter : JsonConverter<IReadOnlyList<TimeSpan>>
{
    public override IReadOnlyList<TimeSpan> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"The value is a {reader.TokenType}; it must be an array of seconds.");
        }

        var durations = new List<TimeSpan>(OperationEstimate.QuantileLevels.Count);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            durations.Add(SecondsConverter.Read(ref reader));
        }

        return durations;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<TimeSpan> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var duration in value)
        {
            SecondsConverter.Write(writer, duration);
        }

        writer.WriteEndArray();
    }
}
