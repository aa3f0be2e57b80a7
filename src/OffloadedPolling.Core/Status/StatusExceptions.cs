using System.Globalization;
using System.Text.Json;

namespace OffloadedPolling;

/// <summary>The status store could not be reached, or refused. The message names it and says what to do.</summary>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="cause">What led to it.</param>
public sealed class OperationStoreException(string message, Exception? cause = null) : OffloadedPollingException(message, cause)
{
    /// <summary>Gets a value that indicates whether the store refused the request, so that nothing was written.</summary>
    /// <value>
    /// <see langword="false"/> by default: the outcome is unknown, because the store could not be reached or its answer was lost.
    /// </value>
    public bool IsRefusal { get; init; }
}

/// <summary>A status document was not written because another writer came first. Read it again and decide again.</summary>
/// <param name="statusKey">The document's key.</param>
/// <param name="cause">What led to it.</param>
public sealed class OperationStatusConflictException(string statusKey, Exception? cause = null) : OffloadedPollingException(
    $"The status document '{statusKey}' was not written: another writer came first. Read it again and decide again.", cause)
{
    /// <summary>Gets the document's key.</summary>
    public string StatusKey { get; } = statusKey;
}

/// <summary>What is stored under a status key is not a status document that this version can read.</summary>
/// <param name="statusKey">The document's key.</param>
/// <param name="reason">What is wrong with it.</param>
/// <param name="cause">What led to it.</param>
public sealed class InvalidStatusDocumentException(string statusKey, string reason, Exception? cause = null) : OffloadedPollingException(
    $"'{statusKey}' is not a status document that can be read: {reason} Check who else writes there, or delete it.", cause)
{
    /// <summary>Gets the document's key.</summary>
    public string StatusKey { get; } = statusKey;
}

/// <summary>An <see cref="IStatusDocumentPolicy"/> refused a status document. It was not written.</summary>
/// <param name="reason">Why, for the host's log; callers never see it. It should not quote what was refused.</param>
/// <param name="cause">What led to it.</param>
public sealed class StatusDocumentRefusedException(string reason, Exception? cause = null) : OffloadedPollingException(
    $"A policy refuses the status document: {reason} Leave out of it what the policy does not allow, or change the policy.", cause)
{
    /// <summary>Gets why it was refused.</summary>
    public string Reason { get; } = reason;
}

/// <summary>A status document would be over <see cref="OffloadedPollingOptions.MaxDocumentBytes"/>. It was not written.</summary>
/// <param name="id">The operation's id.</param>
/// <param name="size">The document's size in bytes, including the reserved ones.</param>
/// <param name="limit">The most bytes that it may have.</param>
/// <param name="reserved">How many bytes of the size are reserved for what the library writes until the operation has ended.</param>
public sealed class StatusDocumentTooLargeException(string id, int size, int limit, int reserved = 0)
    : OffloadedPollingException(Describe(id, size, limit, reserved))
{
    /// <summary>Gets the document's size in bytes, including <see cref="Reserved"/>.</summary>
    public int Size { get; } = size;

    /// <summary>Gets the most bytes that the document may have.</summary>
    public int Limit { get; } = limit;

    /// <summary>
    /// Gets the number of bytes that an operation that has not ended reserves for its attempt, progress, estimate and end; 0 for a document
    /// that is too large without them.
    /// </summary>
    public int Reserved { get; } = reserved;

    private static string Describe(string id, int size, int limit, int reserved)
    {
        var needed = string.Create(
            CultureInfo.InvariantCulture,
            $"The status document of operation {id} needs {size:N0} bytes, over MaxDocumentBytes ({limit:N0}).");
        return reserved == 0
            ? $"{needed} Shorten the message or the result, put the result elsewhere and set ResourceLocation, or raise the limit."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{needed} {reserved:N0} of them are reserved for the operation's attempt, progress, estimate and end. "
                + $"Shorten ResourceLocation or the message, or raise the limit.");
    }
}

/// <summary>A status document could not be serialized, or could not be read back. It was not written.</summary>
/// <param name="id">The operation's id.</param>
/// <param name="cause">The exception that serializing the document, or reading it back, threw.</param>
/// <remarks>
/// The message names the place and the type of the exception behind it, and never quotes what the document says.
/// <see cref="Exception.InnerException"/> may quote it.
/// </remarks>
public sealed class StatusDocumentNotSerializableException(string id, Exception? cause = null) : OffloadedPollingException(
    $"The status document of operation {id} cannot be written as JSON that callers can read{Place(cause)}. "
    + "Correct the result, problem, message or estimate in it: at most 64 levels may be nested, the document itself included; "
    + "a member must not occur twice, be an undefined or disposed JsonElement, refer back to its owner, or throw when it is read; "
    + "text must be valid Unicode.",
    cause)
{
    private const int MaxPathLength = 100;

    /// <summary>Gets the JSON path of what cannot be written or read back; <see langword="null"/> if it is unknown.</summary>
    public string? Path { get; } = PathOf(cause);

    private static string Place(Exception? cause) => cause switch
    {
        null => "",
        JsonException => PathOf(cause) is { } path ? $", at '{path}'" : "",
        _ => $": {cause.GetType()} was thrown{Thrower(cause)}",
    };

    // Long where the result refers to itself.
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
