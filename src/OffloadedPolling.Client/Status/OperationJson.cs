using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Client;

/// <summary>Provides JSON metadata to read and write the library's documents without reflection.</summary>
/// <example><code>JsonSerializer.Deserialize(stream, OperationJson.Status)</code></example>
public static class OperationJson
{
    // Keeps URLs and messages readable. Responses of type application/json need no HTML escaping.
    private static readonly OperationJsonContext _context =
        new(new JsonSerializerOptions(OperationJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Gets the metadata of the status document.</summary>
    public static JsonTypeInfo<OperationStatus> Status => _context.OperationStatus;

    /// <summary>Gets the metadata of the body of a <c>202 Accepted</c>.</summary>
    public static JsonTypeInfo<AcceptedOperation> Accepted => _context.AcceptedOperation;

    /// <summary>Gets the metadata of an RFC 9457 problem.</summary>
    public static JsonTypeInfo<OperationProblem> Problem => _context.OperationProblem;

    /// <summary>Gets the metadata of temporary credentials for one status document.</summary>
    public static JsonTypeInfo<StatusCredentials> Credentials => _context.StatusCredentials;

    /// <summary>Deserializes a body, or returns <see langword="null"/> if it is not valid.</summary>
    internal static T? TryRead<T>(byte[] utf8Json, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(utf8Json, json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

// Strict, because other readers may interpret duplicate members or null strings differently.
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
