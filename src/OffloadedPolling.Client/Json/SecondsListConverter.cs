using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>A list of durations as an array of seconds.</summary>
internal sealed class SecondsListConverter : JsonConverter<IReadOnlyList<TimeSpan>>
{
    public override IReadOnlyList<TimeSpan> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"Found {reader.TokenType} where an array of seconds belongs.");
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
