using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Accepting;

/// <summary>One kind of operation: its name, its payload type, and how payload and result become JSON.</summary>
internal abstract class OperationKind(string name, Type payloadType, JsonSerializerOptions json)
{
    public string Name { get; } = name;

    public Type PayloadType { get; } = payloadType;

    /// <summary>Serializes payloads and results.</summary>
    public JsonSerializerOptions Json { get; } = json;

    /// <summary>Whether its operations are accepted at the moment.</summary>
    public AcceptGate Gate { get; } = new();
}

/// <inheritdoc/>
internal sealed class OperationKind<TPayload>(string name, JsonSerializerOptions json) : OperationKind(name, typeof(TPayload), json)
{
    public JsonTypeInfo<TPayload> PayloadJson { get; } = (JsonTypeInfo<TPayload>)json.GetTypeInfo(typeof(TPayload));
}
