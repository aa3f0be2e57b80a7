using System.Globalization;

namespace OffloadedPolling;

/// <summary>A status document would be over <see cref="OffloadedPollingOptions.MaxDocumentBytes"/>. It was not written.</summary>
public sealed class StatusDocumentTooLargeException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="size">The document's size in bytes, the reserved ones included.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="reserved">How many bytes of the size are reserved for what the library writes until the operation has ended.</param>
    public StatusDocumentTooLargeException(string id, int size, int limit, int reserved = 0)
        : base(Describe(id, size, limit, reserved), null)
    {
        Size = size;
        Limit = limit;
        Reserved = reserved;
    }

    /// <summary>Gets the document's size in bytes, including <see cref="Reserved"/>.</summary>
    public int Size { get; }

    /// <summary>Gets the most bytes that the document may have.</summary>
    public int Limit { get; }

    /// <summary>
    /// Gets the number of bytes that an operation that has not ended reserves for its attempt, progress, estimate and end; 0 for a document
    /// that is too large without them.
    /// </summary>
    public int Reserved { get; }

    private static string Describe(string id, int size, int limit, int reserved)
    {
        var invariant = CultureInfo.InvariantCulture;
        var document = $"The status document of operation {id}";
        var needed = string.Create(invariant, $"{document} needs {size:N0} bytes, over MaxDocumentBytes ({limit:N0}).");
        var room = string.Create(invariant, $"{reserved:N0} of them are reserved for the operation's attempt, progress, estimate and end.");
        return reserved == 0
            ? $"{needed} Shorten the message or the result, put the result elsewhere and set ResourceLocation, or raise the limit."
            : $"{needed} {room} Shorten ResourceLocation or the message, or raise the limit.";
    }
}
