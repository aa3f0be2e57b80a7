namespace OffloadedPolling;

/// <summary>The names of the message attributes, for workers that are not made with this library.</summary>
public static class MessageAttributes
{
    /// <summary>Carries the key of the operation's status document.</summary>
    public const string StatusKey = "StatusKey";

    /// <summary>
    /// Carries <c>createdAt</c> of the operation's status document as it stands there, so that a message never acts on a later document
    /// with the same key.
    /// </summary>
    public const string StatusCreatedAt = "StatusCreatedAt";

    /// <summary>Carries the W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The type of all attributes.</summary>
    internal const string StringType = "String";
}
