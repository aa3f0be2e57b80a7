using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Client;

/// <summary>How the library's documents are read and written as JSON, without reflection.</summary>
/// <example><code>JsonSerializer.Deserialize(stream, OperationJson.Status)</code></example>
public static class OperationJson
{
    /// <summary>The status document.</summary>
    public static JsonTypeInfo<OperationStatus> Status => OperationJsonContext.Default.OperationStatus;

    /// <summary>The body of a <c>202 Accepted</c>.</summary>
    public static JsonTypeInfo<AcceptedOperation> Accepted => OperationJsonContext.Default.AcceptedOperation;

    /// <summary>An RFC 9457 problem.</summary>
    public static JsonTypeInfo<OperationProblem> Problem => OperationJsonContext.Default.OperationProblem;
}
