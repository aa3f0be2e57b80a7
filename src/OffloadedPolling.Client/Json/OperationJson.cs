using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Client;

/// <summary>How the library's documents are read and written as JSON, without reflection.</summary>
/// <example><code>JsonSerializer.Deserialize(stream, OperationJson.Status)</code></example>
public static class OperationJson
{
    // URLs and people's words stay readable. What is served as application/json needs no escaping against HTML.
    private static readonly OperationJsonContext _context =
        new(new JsonSerializerOptions(OperationJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The status document.</summary>
    public static JsonTypeInfo<OperationStatus> Status => _context.OperationStatus;

    /// <summary>The body of a <c>202 Accepted</c>.</summary>
    public static JsonTypeInfo<AcceptedOperation> Accepted => _context.AcceptedOperation;

    /// <summary>An RFC 9457 problem.</summary>
    public static JsonTypeInfo<OperationProblem> Problem => _context.OperationProblem;

    /// <summary>The body of an answer of <c>POST /operations/{id}/credentials</c>.</summary>
    public static JsonTypeInfo<StatusCredentials> Credentials => _context.StatusCredentials;
}
