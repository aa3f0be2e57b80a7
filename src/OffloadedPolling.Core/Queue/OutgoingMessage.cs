using System.Text;
using OffloadedPolling.Queue;

namespace OffloadedPolling;

/// <summary>A message that is sent to a queue.</summary>
public sealed class OutgoingMessage
{
    /// <summary>Gets the payload as JSON. The body contains nothing else.</summary>
    public required string Body { get; init; }

    /// <summary>Gets the key of the operation's status document. It is sent as the message attribute <c>StatusKey</c>.</summary>
    public required string StatusKey { get; init; }

    /// <summary>Gets <c>createdAt</c> of the status document, to the millisecond, sent as the attribute <c>StatusCreatedAt</c>.</summary>
    /// <value>If <see langword="null"/>, the attribute is not sent, and the message belongs to any document with its status key.</value>
    public DateTimeOffset? StatusCreatedAt { get; init; }

    /// <summary>Gets the W3C trace context of the accept, if any. It is sent as the message attribute <c>traceparent</c>.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Gets the message's size in bytes as queues count it: the body, and each attribute's name, type and value.</summary>
    public int SizeInBytes => Encoding.UTF8.GetByteCount(Body)
        + SizeOf(MessageAttributes.StatusKey, StatusKey)
        + SizeOf(MessageAttributes.StatusCreatedAt, StatusCreatedAt is { } createdAt ? StatusCreatedAtText.Format(createdAt) : null)
        + SizeOf(MessageAttributes.TraceParent, TraceParent);

    /// <summary>Returns a copy with another creation time and another trace context. Its size is the same.</summary>
    /// <param name="statusCreatedAt">The creation time of the status document.</param>
    /// <param name="traceParent">The trace context of the send. It replaces an existing one, unless it is <see langword="null"/>.</param>
    internal OutgoingMessage With(DateTimeOffset statusCreatedAt, string? traceParent) => new()
    {
        Body = Body,
        StatusKey = StatusKey,
        StatusCreatedAt = statusCreatedAt,
        TraceParent = TraceParent is null ? null : traceParent ?? TraceParent,
    };

    private static int SizeOf(string name, string? value) => value is null
        ? 0
        : Encoding.UTF8.GetByteCount(name) + MessageAttributes.StringType.Length + Encoding.UTF8.GetByteCount(value);
}
