using System.Text.Json.Serialization;

namespace OffloadedPolling;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StatusCredentials))]
[JsonSerializable(typeof(TemporaryCredentials))]
internal sealed partial class CredentialsJsonContext : JsonSerializerContext;
