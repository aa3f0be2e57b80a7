namespace OffloadedPolling;

/// <summary>The names of the message attributes, for workers that do not use this library.</summary>
public static class MessageAttributes
{
    /// <summary>The attribute that contains the key of the operation's status document.</summary>
    public const string StatusKey = "StatusKey";

    /// <summary>
    /// The attribute that contains <c>createdAt</c> of the status document, so that the message never acts on a later document with that
    /// key.
    /// </summary>
    public const string StatusCreatedAt = "StatusCreatedAt";

    /// <summary>The attribute that contains the W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The type of all attributes.</summary>
    internal const string StringType = "String";
}
