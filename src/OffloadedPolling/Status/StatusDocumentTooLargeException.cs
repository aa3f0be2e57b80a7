using System.Globalization;

namespace OffloadedPolling;

/// <summary>A status document would be over <see cref="OffloadedPollingOptions.MaxDocumentBytes"/>. It was not written.</summary>
public sealed class StatusDocumentTooLargeException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="size">The document's size in bytes.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    public StatusDocumentTooLargeException(string id, int size, int limit)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"The status document of operation {id} would have {size:N0} bytes, over MaxDocumentBytes ({limit:N0}). Shorten the message or the result, put the result elsewhere and set ResourceLocation, or raise the limit."), null)
    {
        Size = size;
        Limit = limit;
    }

    /// <summary>The document's size in bytes.</summary>
    public int Size { get; }

    /// <summary>The most bytes that it may have.</summary>
    public int Limit { get; }
}
