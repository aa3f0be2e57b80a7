using System.Text.Json;
using System.Text.Unicode;

namespace OffloadedPolling;

/// <summary>Serializes and deserializes status documents, for stores.</summary>
public static class StatusDocument
{
    /// <summary>The maximum of <see cref="OffloadedPollingOptions.MaxDocumentBytes"/>. Larger documents are not read.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The media type of a served document.</summary>
    public const string ContentType = "application/json";

    /// <summary>The <c>Cache-Control</c> header of a served document. Each poll must return the newest document.</summary>
    public const string CacheControl = "no-store";

    /// <summary>Serializes a document, and checks that callers can read it.</summary>
    /// <param name="status">The document.</param>
    /// <param name="maxBytes">The maximum size, in bytes.</param>
    /// <returns>UTF-8 JSON.</returns>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be serialized or read back.</exception>
    /// <exception cref="StatusDocumentTooLargeException">The document is larger than <paramref name="maxBytes"/>.</exception>
    public static byte[] Write(OperationStatus status, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(status);
        var bytes = Serialize(status);
        if (bytes.Length > maxBytes)
        {
            throw new StatusDocumentTooLargeException(status.Id, bytes.Length, maxBytes);
        }

        try
        {
            _ = Read(status.Id, "", bytes);
            return bytes;
        }
        catch (InvalidStatusDocumentException unreadable)
        {
            throw new StatusDocumentNotSerializableException(status.Id, unreadable.InnerException);
        }
    }

    /// <summary>Serializes a document of any size, without reading it back.</summary>
    /// <exception cref="StatusDocumentNotSerializableException">It cannot be serialized.</exception>
    internal static byte[] Serialize(OperationStatus status)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(status, OperationJson.Status);
        }
        catch (Exception failed)
        {
            // Any exception type: an undefined or disposed JsonElement and too deep nesting throw different ones.
            throw new StatusDocumentNotSerializableException(status.Id, failed);
        }
    }

    /// <summary>Deserializes a document.</summary>
    /// <param name="id">The ID of the operation that the document must belong to.</param>
    /// <param name="statusKey">The document's key.</param>
    /// <param name="utf8Json">The document's bytes.</param>
    /// <returns>The document.</returns>
    /// <exception cref="InvalidStatusDocumentException">The bytes are not a status document of that operation.</exception>
    public static OperationStatus Read(string id, string statusKey, ReadOnlySpan<byte> utf8Json)
    {
        if (!Utf8.IsValid(utf8Json))
        {
            throw new InvalidStatusDocumentException(statusKey, "it is not UTF-8.");
        }

        OperationStatus? status;
        try
        {
            status = JsonSerializer.Deserialize(utf8Json, OperationJson.Status);
        }
        catch (JsonException malformed)
        {
            throw new InvalidStatusDocumentException(statusKey, malformed.Message, malformed);
        }

        return status?.Id == id
            ? status
            : throw new InvalidStatusDocumentException(statusKey, $"its ID is '{status?.Id}', not '{id}'.");
    }
}
