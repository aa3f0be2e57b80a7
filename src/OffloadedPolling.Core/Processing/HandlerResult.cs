using System.Text.Json;

namespace OffloadedPolling.Processing;

/// <summary>Serializes what a handler returns.</summary>
internal static class HandlerResult
{
    /// <exception cref="HandlerResultException">The result cannot be serialized.</exception>
    public static JsonElement Serialize<TResult>(string operationId, TResult result, JsonSerializerOptions json)
    {
        try
        {
            return JsonSerializer.SerializeToElement(result, json.GetTypeInfo(typeof(TResult)));
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            // Properties and converters of the host's own may throw anything. Another run would return the same.
            throw new HandlerResultException(new StatusDocumentNotSerializableException(operationId, failed));
        }
    }
}

/// <summary>
/// A handler returned what cannot be serialized. It is not the <see cref="StatusDocumentNotSerializableException"/> itself, because a
/// handler may throw that one too.
/// </summary>
internal sealed class HandlerResultException(StatusDocumentNotSerializableException reason) : Exception(reason.Message, reason)
{
    public StatusDocumentNotSerializableException Reason => reason;
}
