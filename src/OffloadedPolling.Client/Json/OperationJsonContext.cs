using System.Text.Json.Serialization;

namespace OffloadedPolling.Client;

// A member that stands twice, or a null where a text belongs, would be read as one thing here and as another elsewhere.
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OperationStatus))]
[JsonSerializable(typeof(AcceptedOperation))]
[JsonSerializable(typeof(OperationProblem))]
[JsonSerializable(typeof(ResumeToken))]
[JsonSerializable(typeof(StatusCredentials))]
internal sealed partial class OperationJsonContext : JsonSerializerContext;
