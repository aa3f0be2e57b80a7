using System.Globalization;

namespace OffloadedPolling;

/// <summary>An idempotency key came again with another payload. The operation that it belongs to was left as it is.</summary>
/// <param name="operationId">The id of the operation that the key belongs to.</param>
public sealed class IdempotencyConflictException(string operationId) : OffloadedPollingException(
    $"The idempotency key belongs to operation {operationId}, which was accepted with another payload. Use a new key for a new payload.")
{
    /// <summary>Gets the id of the operation that the key belongs to.</summary>
    public string OperationId { get; } = operationId;
}

/// <summary>An idempotency key is too short. Another caller could use the same one. The operation was not accepted.</summary>
/// <param name="length">How many characters the key has.</param>
public sealed class InvalidIdempotencyKeyException(int length)
    : OffloadedPollingException($"The idempotency key has {length} characters; at least {MinLength} are required. Use a UUID.")
{
    /// <summary>The minimum length of a key, in characters.</summary>
    public const int MinLength = 16;

    /// <summary>Gets how many characters the key has.</summary>
    public int Length { get; } = length;
}

/// <summary>
/// An operation's payload has characters that a queue cannot carry, in a place where they cannot be escaped. The operation was not
/// accepted, and never can be with this payload.
/// </summary>
/// <param name="kind">The operation's kind.</param>
/// <param name="position">
/// Where the payload's JSON has the first such character, counted from 0; <see langword="null"/> if that is unknown.
/// </param>
/// <param name="cause">The queue's own refusal, if it was asked.</param>
/// <remarks>
/// Queues carry the characters of XML 1.0: no control characters except tab, line feed and carriage return, no U+FFFE or U+FFFF, no lone
/// surrogates. Inside JSON strings they are escaped. Raw JSON (<see cref="System.Text.Json.Utf8JsonWriter.WriteRawValue(string, bool)"/>,
/// <see cref="System.Text.Json.JsonElement"/>) may have them elsewhere.
/// </remarks>
public sealed class InvalidPayloadException(string kind, int? position, Exception? cause = null) : OffloadedPollingException(
    $"The payload of an operation of kind '{kind}' has a character that queues cannot carry{At(position)}: a control character, "
    + "U+FFFE, U+FFFF or half of a surrogate pair that is not part of a JSON string. "
    + "Remove such characters from raw JSON, or send the data as Base64.",
    cause)
{
    /// <summary>Gets where the payload's JSON has the first such character, counted from 0.</summary>
    /// <value><see langword="null"/> if that is unknown.</value>
    public int? Position { get; } = position;

    private static string At(int? position) =>
        position is { } at ? string.Create(CultureInfo.InvariantCulture, $" at position {at} of its JSON") : "";
}

/// <summary>An operation's message would be larger than its queue takes. The operation was not accepted.</summary>
/// <param name="kind">The operation's kind.</param>
/// <param name="size">The message's size in bytes, including its attributes.</param>
/// <param name="limit">The most bytes that the queue takes.</param>
/// <param name="cause">The queue's own refusal, if it was asked.</param>
public sealed class PayloadTooLargeException(string kind, int size, int limit, Exception? cause = null) : OffloadedPollingException(
    string.Create(
        CultureInfo.InvariantCulture,
        $"A message of {size:N0} bytes for an operation of kind '{kind}' is over its queue's limit of {limit:N0} bytes. ")
    + "Store the payload elsewhere and send a reference to it, or raise the queue's limit (in SQS: MaximumMessageSize, up to 1,048,576).",
    cause)
{
    /// <summary>Gets the message's size in bytes, including its attributes.</summary>
    public int Size { get; } = size;

    /// <summary>Gets the most bytes that the queue takes.</summary>
    public int Limit { get; } = limit;
}
