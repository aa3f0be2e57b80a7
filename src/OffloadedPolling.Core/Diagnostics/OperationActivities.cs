using System.Diagnostics;

namespace OffloadedPolling.Diagnostics;

/// <summary>
/// Starts the spans of an operation's way: <c>accept</c>, <c>send</c>, <c>process</c>, <c>handle</c>. Where nobody listens, none is made.
/// </summary>
internal static class OperationActivities
{
    internal static readonly ActivitySource Source =
        new(OffloadedPollingInstrumentation.ActivitySourceName, OffloadedPollingInstrumentation.Version);

    public static Activity? Accept(string kind) => Source.HasListeners()
        ? Source.StartActivity($"accept {kind}", ActivityKind.Internal, default(ActivityContext), [new(TagNames.Kind, kind)])
        : null;

    public static Activity? Send(string kind, string system, string operationId) => Source.HasListeners()
        ? Source.StartActivity(
            $"send {kind}",
            ActivityKind.Producer,
            default(ActivityContext),
            [.. Messaging("send", kind, kind, system), new(TagNames.OperationId, operationId)])
        : null;

    /// <summary>The processing of one message: a part of the trace that it was sent in.</summary>
    /// <param name="destination">The kind, or <see cref="DeadLettersOf"/> it.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="system">The queue's <c>messaging.system</c>.</param>
    /// <param name="message">The message.</param>
    public static Activity? Process(string destination, string kind, string system, ReceivedMessage message)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // Where something else is under way here, as a function's invocation is, its trace is linked to.
        var sent = MessageTrace.ContextOf(message);
        ActivityLink[]? links = sent != default && Activity.Current is { } around ? [new ActivityLink(around.Context)] : null;
        return Source.StartActivity(
            $"process {destination}", ActivityKind.Consumer, sent,
            [
                .. Messaging("process", kind, destination, system),
                new(TagNames.MessageId, message.Id),
                new(TagNames.Attempt, message.ReceiveCount)],
            links);
    }

    public static Activity? Handle(string kind, string operationId) => Source.HasListeners()
        ? Source.StartActivity(
            $"handle {kind}",
            ActivityKind.Internal,
            default(ActivityContext),
            [new(TagNames.Kind, kind), new(TagNames.OperationId, operationId)])
        : null;

    /// <summary>What a kind's dead-letter queue is called in spans.</summary>
    public static string DeadLettersOf(string kind) => $"{kind} dead letters";

    internal static KeyValuePair<string, object?>[] Messaging(string operation, string kind, string destination, string system) => [
        new(TagNames.MessagingSystem, system),
        new(TagNames.MessagingOperationName, operation),
        new(TagNames.MessagingOperationType, operation),
        new(TagNames.MessagingDestination, destination),
        new(TagNames.Kind, kind)];
}
