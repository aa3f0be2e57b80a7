using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

/// <summary>Specifies the state of an operation.</summary>
/// <remarks>
/// <c>NotStarted → Running → Succeeded | Failed | Canceled</c>. An operation can also change directly from <c>NotStarted</c> to
/// <c>Failed</c> or <c>Canceled</c>. Terminal states never change.
/// </remarks>
[JsonConverter(typeof(OperationStateConverter))]
public enum OperationState
{
    /// <summary>The operation is accepted, but no worker has started it.</summary>
    NotStarted,

    /// <summary>A worker has started the operation.</summary>
    Running,

    /// <summary>The operation is done, and the document may have a result. This state is terminal.</summary>
    Succeeded,

    /// <summary>The operation failed, and the document has a problem. This state is terminal.</summary>
    Failed,

    /// <summary>The operation was canceled on request. This state is terminal.</summary>
    Canceled,
}

/// <summary>Provides extension methods for <see cref="OperationState"/>.</summary>
public static class OperationStateExtensions
{
    /// <summary>Returns a value that indicates whether the state is terminal. The status of an ended operation does not change.</summary>
    /// <param name="state">The state.</param>
    /// <returns><see langword="true"/> for <c>Succeeded</c>, <c>Failed</c> and <c>Canceled</c>.</returns>
    public static bool IsTerminal(this OperationState state) =>
        state is OperationState.Succeeded or OperationState.Failed or OperationState.Canceled;
}

/// <summary>Reads and writes a state by its exact name. An unknown name is an error.</summary>
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
