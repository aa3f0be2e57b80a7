using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>Specifies how far an operation has come.</summary>
/// <remarks>
/// <c>NotStarted → Running → Succeeded | Failed | Canceled</c>, also directly from <c>NotStarted</c> to <c>Failed</c> or <c>Canceled</c>.
/// The first terminal state that is written stays.
/// </remarks>
[JsonConverter(typeof(OperationStateConverter))]
public enum OperationState
{
    /// <summary>The operation is accepted; no worker has started it.</summary>
    NotStarted,

    /// <summary>A worker has started the operation.</summary>
    Running,

    /// <summary>The operation is done; the document may have a result. Terminal.</summary>
    Succeeded,

    /// <summary>The operation ended without success; the document has a problem. Terminal.</summary>
    Failed,

    /// <summary>The operation ended because somebody asked for it. Terminal.</summary>
    Canceled,
}

/// <summary>Extension methods for <see cref="OperationState"/>.</summary>
public static class OperationStateExtensions
{
    /// <summary>Returns whether the operation has ended, so that its status does not change any more.</summary>
    /// <param name="state">The state.</param>
    /// <returns><see langword="true"/> for <c>Succeeded</c>, <c>Failed</c> and <c>Canceled</c>.</returns>
    public static bool IsTerminal(this OperationState state) =>
        state is OperationState.Succeeded or OperationState.Failed or OperationState.Canceled;
}

/// <summary>Reads and writes a state by its exact name. An unknown name is an error, never a default.</summary>
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
