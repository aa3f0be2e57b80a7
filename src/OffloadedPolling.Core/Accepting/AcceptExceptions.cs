using System.Globalization;

namespace OffloadedPolling;

/// <summary>
/// The exception that is thrown when an idempotency key is used again with another payload. The existing operation is unchanged.
/// </summary>
/// <param name="operationId">The ID of the operation that the key belongs to.</param>
public sealed class IdempotencyConflictException(string operationId) : OffloadedPollingException(
    $"The idempotency key belongs to operation {operationId}, which was accepted with another payload. Use a new key for a new payload.")
{
    /// <summary>Gets the ID of the operation that the key belongs to.</summary>
    public string OperationId { get; } = operationId;
}

/// <summary>
/// The exception that is thrown when an idempotency key is so short that another caller could use the same one. Nothing was accepted.
/// </summary>
/// <param name="length">The length of the key, in characters.</param>
public sealed class InvalidIdempotencyKeyException(int length)
    : OffloadedPollingException($"The idempotency key has {length} characters; at least {MinLength} are required. Use a UUID.")
{
    /// <summary>The minimum length of a key, in characters.</summary>
    public const int MinLength = 16;

    /// <summary>Gets the length of the key, in characters.</summary>
    public int Length { get; } = length;
}

/// <summary>
/// The exception that is thrown when a payload contains characters that a queue cannot carry, in a place where they cannot be escaped. The
/// operation was not accepted. Retrying with the same payload does not help.
/// </summary>
/// <param name="kind">The operation's kind.</param>
/// <param name="position">
/// The zero-based position of the first such character in the payload's JSON; <see langword="null"/> if unknown.
/// </param>
/// <param name="cause">The exception of the queue, if the queue refused the message.</param>
/// <remarks>
/// Queues carry the characters of XML 1.0: no control characters except tab, line feed and carriage return, no U+FFFE or U+FFFF, and no
/// lone surrogates. Such characters are escaped inside JSON strings. Raw JSON
/// (<see cref="System.Text.Json.Utf8JsonWriter.WriteRawValue(string, bool)"/>, <see cref="System.Text.Json.JsonElement"/>) may contain them
/// elsewhere.
/// </remarks>
public sealed class InvalidPayloadException(string kind, int? position, Exception? cause = null) : OffloadedPollingException(
    $"The payload of an operation of kind '{kind}' contains a character that queues cannot carry{At(position)} and that cannot be "
    + "escaped there: a control character, U+FFFE, U+FFFF or half of a surrogate pair. "
    + "Remove such characters from raw JSON, or send the data as Base64.",
    cause)
{
    /// <summary>Gets the position of the first such character in the payload's JSON, counted from 0.</summary>
    /// <value><see langword="null"/> if it is unknown.</value>
    public int? Position { get; } = position;

    private static string At(int? position) =>
        position is { } at ? string.Create(CultureInfo.InvariantCulture, $" at position {at} of its JSON") : "";
}

/// <summary>
/// The exception that is thrown when an operation's message would be larger than its queue accepts. The operation was not accepted.
/// </summary>
/// <param name="kind">The operation's kind.</param>
/// <param name="size">The message's size in bytes, including its attributes.</param>
/// <param name="limit">The maximum size that the queue accepts, in bytes.</param>
/// <param name="cause">The exception of the queue, if the queue refused the message.</param>
public sealed class PayloadTooLargeException(string kind, int size, int limit, Exception? cause = null) : OffloadedPollingException(
    string.Create(
        CultureInfo.InvariantCulture,
        $"A message of {size:N0} bytes for an operation of kind '{kind}' exceeds its queue's limit of {limit:N0} bytes. ")
    + "Store the payload elsewhere and send a reference to it, or raise the queue's limit (in SQS: MaximumMessageSize, up to 1,048,576).",
    cause)
{
    /// <summary>Gets the message's size in bytes, including its attributes.</summary>
    public int Size { get; } = size;

    /// <summary>Gets the maximum size that the queue accepts, in bytes.</summary>
    public int Limit { get; } = limit;
}
