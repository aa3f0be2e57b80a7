using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Tests.Shared;

/// <summary>A payload with a member that is written as raw JSON.</summary>
internal sealed record RawNote([property: JsonConverter(typeof(RawNote.Converter))] string Json)
{
    private sealed class Converter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value, skipInputValidation: true);
    }
}
