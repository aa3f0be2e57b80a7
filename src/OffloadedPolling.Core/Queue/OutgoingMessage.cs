using System.Text;
using OffloadedPolling.Queue;

namespace OffloadedPolling;

/// <summary>A message on its way to a queue.</summary>
public sealed class OutgoingMessage
{
    /// <summary>The payload as JSON, and nothing else.</summary>
    public required string Body { get; init; }

    /// <summary>The key of the operation's status document. It travels as the message attribute <c>StatusKey</c>.</summary>
    public required string StatusKey { get; init; }

    /// <summary>
    /// The <c>createdAt</c> of the operation's status document. It travels as the message attribute <c>StatusCreatedAt</c>, with
    /// millisecond precision.
    /// </summary>
    /// <value><see langword="null"/> leaves the attribute out: the message then belongs to whatever document has its status key.</value>
    public DateTimeOffset? StatusCreatedAt { get; init; }

    /// <summary>The W3C trace context of the accept, if there is one. It travels as the message attribute <c>traceparent</c>.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The message's size in bytes as queues count it: the body, and each attribute's name, type and value.</summary>
    public int SizeInBytes => Encoding.UTF8.GetByteCount(Body)
        + SizeOf(MessageAttributes.StatusKey, StatusKey)
        + (StatusCreatedAt is null ? 0 : SizeOf(MessageAttributes.StatusCreatedAt, StatusCreatedAtText.Length))
        + (TraceParent is null ? 0 : SizeOf(MessageAttributes.TraceParent, TraceParent));

    /// <summary>
    /// The same message for the document that was created at this instant, in another span of the trace that it is in: its size stays.
    /// </summary>
    internal OutgoingMessage For(DateTimeOffset statusCreatedAt, string? trace) => new()
    {
        Body = Body,
        StatusKey = StatusKey,
        StatusCreatedAt = statusCreatedAt,
        TraceParent = TraceParent is null ? null : trace ?? TraceParent,
    };

    private static int SizeOf(string name, string value) => SizeOf(name, Encoding.UTF8.GetByteCount(value));

    private static int SizeOf(string name, int valueBytes) =>
        Encoding.UTF8.GetByteCount(name) + MessageAttributes.StringType.Length + valueBytes;
}
