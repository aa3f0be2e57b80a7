using System.Diagnostics;

namespace OffloadedPolling.Diagnostics;

/// <summary>The trace that a message carries.</summary>
internal static class MessageTrace
{
    /// <summary>The span that the message was sent in; none, if it carries no trace or what it carries cannot be read.</summary>
    public static ActivityContext ContextOf(ReceivedMessage message) =>
        ActivityContext.TryParse(message.TraceParent, traceState: null, isRemote: true, out var context) ? context : default;

    /// <summary>
    /// What a message that is sent now has to carry; <see langword="null"/> if there is no trace, or none in the W3C's format.
    /// </summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: var id } ? id : null;
}
