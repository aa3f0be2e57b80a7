using System.Globalization;

namespace OffloadedPolling;

/// <summary>
/// An operation's payload has characters that a queue cannot carry, in a place where they cannot be escaped. The operation was not
/// accepted, and never can be with this payload.
/// </summary>
/// <remarks>
/// Queues carry the characters of XML 1.0: no control characters but tab, line feed and carriage return, no U+FFFE or U+FFFF, no lone
/// surrogates. Inside JSON strings they are escaped. Raw JSON (<see cref="System.Text.Json.Utf8JsonWriter.WriteRawValue(string, bool)"/>,
/// <see cref="System.Text.Json.JsonElement"/>) may have them elsewhere.
/// </remarks>
public sealed class InvalidPayloadException : OffloadedPollingException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">The operation's kind.</param>
    /// <param name="position">
    /// Where the payload's JSON has the first such character, counted from 0; <see langword="null"/> if that is unknown.
    /// </param>
    /// <param name="cause">The queue's own refusal, if it was asked.</param>
    public InvalidPayloadException(string kind, int? position, Exception? cause = null)
        : base(
            $"The payload of an operation of kind '{kind}' has a character that queues cannot carry{At(position)}: a control character, "
            + "U+FFFE, U+FFFF or half of a surrogate pair that is not part of a JSON string. "
            + "Remove such characters from raw JSON, or send the data as Base64.",
            cause) => Position = position;

    /// <summary>Where the payload's JSON has the first such character, counted from 0; <see langword="null"/> if that is unknown.</summary>
    public int? Position { get; }

    private static string At(int? position) =>
        position is { } at ? string.Create(CultureInfo.InvariantCulture, $" at position {at} of its JSON") : "";
}
