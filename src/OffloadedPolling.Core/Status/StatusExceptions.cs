using System.Globalization;
using System.Text.Json;

namespace OffloadedPolling;

/// <summary>
/// The exception that is thrown when the status store cannot be reached or refuses a request. The message names the store and says what to
/// do.
/// </summary>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="cause">The cause, if there is one.</param>
public sealed class OperationStoreException(string message, Exception? cause = null) : OffloadedPollingException(message, cause)
{
    /// <summary>Gets a value that indicates whether the store refused the request, so that nothing was written.</summary>
    /// <value>
    /// <see langword="false"/> by default: the outcome is unknown, because the store could not be reached or its answer was lost.
    /// </value>
    public bool IsRefusal { get; init; }
}

/// <summary>
/// The exception that is thrown when another writer of a status document was faster. Read the document again, and repeat the change if it
/// still applies.
/// </summary>
/// <param name="statusKey">The document's key.</param>
/// <param name="cause">The cause, if there is one.</param>
public sealed class OperationStatusConflictException(string statusKey, Exception? cause = null) : OffloadedPollingException(
    $"The status document '{statusKey}' was not written: another writer was faster. "
    + "Read it again, and repeat the change if it still applies.", cause)
{
    /// <summary>Gets the document's key.</summary>
    public string StatusKey { get; } = statusKey;
}

/// <summary>The exception that is thrown when the object under a status key is not a status document that this version can read.</summary>
/// <param name="statusKey">The document's key.</param>
/// <param name="reason">What is wrong with the object.</param>
/// <param name="cause">The cause, if there is one.</param>
public sealed class InvalidStatusDocumentException(string statusKey, string reason, Exception? cause = null) : OffloadedPollingException(
    $"'{statusKey}' is not a status document that can be read: {reason} Check what else writes there, or delete it.", cause)
{
    /// <summary>Gets the document's key.</summary>
    public string StatusKey { get; } = statusKey;
}

/// <summary>
/// The exception that is thrown when an <see cref="IStatusDocumentPolicy"/> refuses a status document. The document was not written.
/// </summary>
/// <param name="reason">The reason, for the host's log. Callers never see it. It should not quote what was refused.</param>
/// <param name="cause">The cause, if there is one.</param>
public sealed class StatusDocumentRefusedException(string reason, Exception? cause = null) : OffloadedPollingException(
    $"A policy refused the status document: {reason} Remove what the policy does not allow, or change the policy.", cause)
{
    /// <summary>Gets the reason why the document was refused.</summary>
    public string Reason { get; } = reason;
}

/// <summary>
/// The exception that is thrown when a status document is larger than <see cref="OffloadedPollingOptions.MaxDocumentBytes"/>.
/// </summary>
/// <param name="id">The operation's ID.</param>
/// <param name="size">The document's size in bytes, including the reserved bytes.</param>
/// <param name="limit">The maximum size in bytes.</param>
/// <param name="reserved">The number of bytes that are reserved for what the library writes until the operation has ended.</param>
public sealed class StatusDocumentTooLargeException(string id, int size, int limit, int reserved = 0)
    : OffloadedPollingException(Describe(id, size, limit, reserved))
{
    /// <summary>Gets the document's size in bytes, including <see cref="Reserved"/>.</summary>
    public int Size { get; } = size;

    /// <summary>Gets the maximum size in bytes.</summary>
    public int Limit { get; } = limit;

    /// <summary>
    /// Gets the number of bytes that are reserved for the attempt, progress, estimate and end of an operation that has not ended; 0 for a
    /// document that is too large even without them.
    /// </summary>
    public int Reserved { get; } = reserved;

    private static string Describe(string id, int size, int limit, int reserved)
    {
        var needed = string.Create(
            CultureInfo.InvariantCulture,
            $"The status document of operation {id} needs {size:N0} bytes, more than MaxDocumentBytes ({limit:N0} bytes).");
        return reserved == 0
            ? $"{needed} Shorten the message or the result, store the result elsewhere and set ResourceLocation, or raise the limit."
            : string.Create(CultureInfo.InvariantCulture, $"{needed} {reserved:N0} of them are reserved for the operation's attempt, ")
                + "progress, estimate and end. Shorten ResourceLocation or the message, or raise the limit.";
    }
}

/// <summary>The exception that is thrown when a status document cannot be serialized or read back. It was not written.</summary>
/// <param name="id">The operation's ID.</param>
/// <param name="cause">The exception that was thrown when the document was serialized or read back.</param>
/// <remarks>
/// The message names the place and the type of the underlying exception, and never quotes the document.
/// <see cref="Exception.InnerException"/> may quote it.
/// </remarks>
public sealed class StatusDocumentNotSerializableException(string id, Exception? cause = null) : OffloadedPollingException(
    $"The status document of operation {id} cannot be written as JSON that callers can read{Place(cause)}. "
    + "Correct its result, problem, message or estimate. It may be nested at most 64 levels deep, the document included. "
    + "No member may occur twice, refer to its parent or throw when it is read. "
    + "JsonElements must be defined and not disposed. Text must be valid Unicode.",
    cause)
{
    private const int MaxPathLength = 100;

    /// <summary>Gets the JSON path of the value that cannot be written or read back; <see langword="null"/> if it is unknown.</summary>
    public string? Path { get; } = PathOf(cause);

    private static string Place(Exception? cause) => cause switch
    {
        null => "",
        JsonException => PathOf(cause) is { } path ? $", at '{path}'" : "",
        _ => $": {cause.GetType()} was thrown{Thrower(cause)}",
    };

    // The path is long if the result refers to itself.
    private static string? PathOf(Exception? cause) =>
        (cause as JsonException)?.Path is { Length: > MaxPathLength } path ? $"{path[..MaxPathLength]}…" : (cause as JsonException)?.Path;

    // The method at the top of the stack: the property or converter that threw.
    private static string Thrower(Exception cause)
    {
        var frame = cause.StackTrace.AsSpan().TrimStart();
        var end = frame.IndexOfAny('\r', '\n');
        frame = end < 0 ? frame : frame[..end];
        var file = frame.IndexOf(" in ", StringComparison.Ordinal);
        return frame.IsEmpty ? "" : $" {(file < 0 ? frame : frame[..file])}";
    }
}
