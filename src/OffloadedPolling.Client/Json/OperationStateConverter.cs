using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>Reads and writes a state by its exact name. What is no state is an error, never a default.</summary>
internal sealed class OperationStateConverter : JsonConverter<OperationState>
{
    public override OperationState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var state in Enum.GetValues<OperationState>())
            {
                if (reader.ValueTextEquals(state.ToString()))
                {
                    return state;
                }
            }
        }

        var found = reader.TokenType == JsonTokenType.String ? $"'{reader.GetString()}'" : $"a {reader.TokenType}";
        throw new JsonException($"'status' is {found}; it must be one of {string.Join(", ", Enum.GetNames<OperationState>())}.");
    }

    public override void Write(Utf8JsonWriter writer, OperationState value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
