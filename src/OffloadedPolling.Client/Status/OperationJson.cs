using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Client;

/// <summary>JSON metadata of the library's documents, to read and write them without reflection.</summary>
/// <example><code>JsonSerializer.Deserialize(stream, OperationJson.Status)</code></example>
public static class OperationJson
{
    // URLs and messages stay readable. What is served as application/json needs no escaping against HTML.
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

    /// <summary>Returns <see langword="null"/> for a body that is something else.</summary>
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

// Other readers may take a member that occurs twice, or a null in place of a text, for something else.
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
