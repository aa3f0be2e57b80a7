namespace OffloadedPolling;

/// <summary>The names of the message attributes, for workers that do not use this library.</summary>
public static class MessageAttributes
{
    /// <summary>Contains the key of the operation's status document.</summary>
    public const string StatusKey = "StatusKey";

    /// <summary>
    /// Contains <c>createdAt</c> of the status document, so that the message never acts on a later document with its key.
    /// </summary>
    public const string StatusCreatedAt = "StatusCreatedAt";

    /// <summary>Contains the W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The type of all attributes.</summary>
    internal const string StringType = "String";
}
