using System.Diagnostics;

namespace OffloadedPolling.Diagnostics;

/// <summary>Starts the spans of an operation. Without a listener, no span is created.</summary>
internal static class OperationActivities
{
    internal static readonly ActivitySource Source =
        new(OffloadedPollingInstrumentation.ActivitySourceName, OffloadedPollingInstrumentation.Version);

    public static Activity? Accept(string kind) =>
        Source.HasListeners() ? Start($"accept {kind}", ActivityKind.Internal, [new(TagNames.Kind, kind)]) : null;

    public static Activity? Send(string kind, string system, string operationId) => Source.HasListeners()
        ? Start($"send {kind}", ActivityKind.Producer, [.. Messaging("send", kind, kind, system), new(TagNames.OperationId, operationId)])
        : null;

    /// <summary>Starts the processing of one message, in the trace in which the message was sent.</summary>
    public static Activity? Process(string destination, string kind, string system, ReceivedMessage message)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // An enclosing span, such as a function's invocation, is linked.
        var sent = MessageTrace.ContextOf(message);
        ActivityLink[]? links = sent != default && Activity.Current is { } around ? [new ActivityLink(around.Context)] : null;
        KeyValuePair<string, object?>[] tags = [
            .. Messaging("process", kind, destination, system),
            new(TagNames.MessageId, message.Id),
            new(TagNames.Attempt, message.ReceiveCount)];
        return Source.StartActivity($"process {destination}", ActivityKind.Consumer, sent, tags, links);
    }

    public static Activity? Handle(string kind, string operationId) => Source.HasListeners()
        ? Start($"handle {kind}", ActivityKind.Internal, [new(TagNames.Kind, kind), new(TagNames.OperationId, operationId)])
        : null;

    public static string DeadLettersOf(string kind) => $"{kind} dead letters";

    internal static KeyValuePair<string, object?>[] Messaging(string operation, string kind, string destination, string system) => [
        new(TagNames.MessagingSystem, system),
        new(TagNames.MessagingOperationName, operation),
        new(TagNames.MessagingOperationType, operation),
        new(TagNames.MessagingDestination, destination),
        new(TagNames.Kind, kind)];

    private static Activity? Start(string name, ActivityKind kind, KeyValuePair<string, object?>[] tags) =>
        Source.StartActivity(name, kind, default(ActivityContext), tags);
}

/// <summary>
/// Creates the span of a receive, with a link to the trace of each message. It is created after the receive, because a receive without
/// messages has no span: otherwise, idle workers would fill the traces.
/// </summary>
internal static class ReceiveActivity
{
    public static void Record(
        string destination, string kind, string system, IReadOnlyList<ReceivedMessage> messages,
        DateTimeOffset startedAt, DateTimeOffset endedAt)
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

/// <summary>The trace that a message carries.</summary>
internal static class MessageTrace
{
    /// <summary>Gets the trace context for a message that is sent now; <see langword="null"/> without a trace in the W3C format.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: var id } ? id : null;

    /// <summary>Returns the span in which a message was sent; <see langword="default"/> if there is none or it cannot be read.</summary>
    public static ActivityContext ContextOf(ReceivedMessage message) =>
        ActivityContext.TryParse(message.TraceParent, traceState: null, isRemote: true, out var context) ? context : default;
}

/// <summary>The outcomes of spans. Only the type of an exception is recorded: its text belongs only in the host's log.</summary>
internal static class ActivityOutcomes
{
    public static void Fail(this Activity? activity, string errorType) =>
        activity?.SetStatus(ActivityStatusCode.Error).SetTag(TagNames.ErrorType, errorType);

    public static void Fail(this Activity? activity, Exception thrown) => activity.Fail(thrown.GetType().FullName!);
}
