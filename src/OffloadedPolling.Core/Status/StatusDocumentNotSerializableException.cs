using System.Text.Json;

namespace OffloadedPolling;

/// <summary>A status document could not be serialized, or could not be read back. It was not written.</summary>
/// <remarks>
/// The message names the place and the type of the exception behind it, and never quotes what the document says.
/// <see cref="Exception.InnerException"/> may quote it.
/// </remarks>
public sealed class StatusDocumentNotSerializableException : OffloadedPollingException
{
    private const int MaxPathLength = 100;

    /// <summary>Creates the exception.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cause">The exception that serializing the document, or reading it back, threw.</param>
    public StatusDocumentNotSerializableException(string id, Exception? cause = null)
        : base(
            $"The status document of operation {id} cannot be written as JSON that callers can read{Place(cause)}. "
            + "Correct the result, problem, message or estimate in it: at most 64 levels may be nested, the document itself included; "
            + "a member must not occur twice, be an undefined or disposed JsonElement, refer back to its owner, or throw when it is read; "
            + "text must be valid Unicode.",
            cause) =>
        Path = PathOf(cause);

    /// <summary>Gets the JSON path of what cannot be written or read back; <see langword="null"/> if it is unknown.</summary>
    public string? Path { get; }

    private static string Place(Exception? cause) => cause switch
    {
        null => "",
        JsonException when PathOf(cause) is { } path => $", at '{path}'",
        JsonException => "",
        _ => $": {cause.GetType()} was thrown{Thrower(cause)}",
    };

    // Long where the result refers to itself.
    private static string? PathOf(Exception? cause) => (cause as JsonException)?.Path switch
    {
        { Length: > MaxPathLength } path => $"{path[..MaxPathLength]}…",
        var path => path,
    };

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
