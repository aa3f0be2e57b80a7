using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OperationStatus))]
[JsonSerializable(typeof(AcceptedOperation))]
[JsonSerializable(typeof(OperationProblem))]
[JsonSerializable(typeof(ResumeToken))]
internal sealed partial class OperationJsonContext : JsonSerializerContext;
