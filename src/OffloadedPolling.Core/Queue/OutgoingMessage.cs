using System.Text;
using OffloadedPolling.Queue;

namespace OffloadedPolling;

/// <summary>A message that is sent to a queue.</summary>
public sealed class OutgoingMessage
{
    /// <summary>Gets the payload as JSON, and nothing else.</summary>
    public required string Body { get; init; }

    /// <summary>Gets the key of the operation's status document. It travels as the message attribute <c>StatusKey</c>.</summary>
    public required string StatusKey { get; init; }

    /// <summary>
    /// Gets the <c>createdAt</c> of the status document, to the millisecond. It travels as the message attribute <c>StatusCreatedAt</c>.
    /// </summary>
    /// <value><see langword="null"/> leaves the attribute out: the message then belongs to any document with its status key.</value>
    public DateTimeOffset? StatusCreatedAt { get; init; }

    /// <summary>Gets the W3C trace context of the accept, if any. It travels as the message attribute <c>traceparent</c>.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Gets the message's size in bytes as queues count it: the body, and each attribute's name, type and value.</summary>
    public int SizeInBytes => Encoding.UTF8.GetByteCount(Body)
        + SizeOf(MessageAttributes.StatusKey, StatusKey)
        + SizeOf(MessageAttributes.StatusCreatedAt, StatusCreatedAt is { } createdAt ? StatusCreatedAtText.Format(createdAt) : null)
        + SizeOf(MessageAttributes.TraceParent, TraceParent);

    /// <summary>Returns a copy for another creation time and another span. Its size is the same.</summary>
    /// <param name="statusCreatedAt">The creation time of the status document.</param>
    /// <param name="traceParent">The span of the send; <see langword="null"/> keeps the trace context. Without one, none is added.</param>
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
