using System.Diagnostics;

namespace OffloadedPolling.Diagnostics;

/// <summary>
/// The span of a receive, with a link to the trace of each message. Made when it is over: one that brought nothing leaves no span, or a
/// worker that waits would fill the traces.
/// </summary>
internal static class ReceiveActivity
{
    /// <param name="destination">The kind, or <see cref="OperationActivities.DeadLettersOf"/> it.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="system">The queue's <c>messaging.system</c>.</param>
    /// <param name="messages">What was received.</param>
    /// <param name="startedAt">When it was asked for.</param>
    /// <param name="endedAt">When it came.</param>
    public static void Record(
        string destination,
        string kind,
        string system,
        IReadOnlyList<ReceivedMessage> messages,
        DateTimeOffset startedAt,
        DateTimeOffset endedAt)
    {
        if (messages.Count == 0 || !OperationActivities.Source.HasListeners())
        {
            return;
        }

        using var receive = OperationActivities.Source.StartActivity(
            $"receive {destination}",
            ActivityKind.Client,
            default(ActivityContext),
            [.. OperationActivities.Messaging("receive", kind, destination, system), new(TagNames.MessageCount, messages.Count)],
            messages.Select(LinkTo).Where(link => link.Context != default),
            startedAt);
        receive?.SetEndTime(endedAt.UtcDateTime);
    }

    private static ActivityLink LinkTo(ReceivedMessage message) =>
        new(MessageTrace.ContextOf(message), new ActivityTagsCollection { [TagNames.MessageId] = message.Id });
}
