namespace OffloadedPolling.Diagnostics;

/// <summary>
/// The names of all tags of spans and measurements. No tag contains a status URL, payload, receipt handle, or text of the host or an
/// exception.
/// </summary>
internal static class TagNames
{
    public const string Kind = "offloaded_polling.operation.kind";

    /// <summary>Only on spans: there are too many IDs for metrics.</summary>
    public const string OperationId = "offloaded_polling.operation.id";

    public const string Status = "offloaded_polling.operation.status";
    public const string Attempt = "offloaded_polling.operation.attempt";

    /// <summary>One of <see cref="MessageOutcomes"/>.</summary>
    public const string MessageOutcome = "offloaded_polling.message.outcome";

    /// <summary>One of <see cref="WriteOutcomes"/>.</summary>
    public const string WriteOutcome = "offloaded_polling.write.outcome";

    /// <summary>Whether an accept found the operation of an earlier accept with the same idempotency key.</summary>
    public const string Repeated = "offloaded_polling.accept.repeated";

    /// <summary><c>late</c> if the operation ended after the estimate's median, otherwise <c>early</c>.</summary>
    public const string Direction = "offloaded_polling.estimate.direction";

    /// <summary><c>waiting</c> or <c>in_flight</c>.</summary>
    public const string MessageState = "offloaded_polling.message.state";

    // https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
    public const string MessagingSystem = "messaging.system";
    public const string MessagingOperationName = "messaging.operation.name";
    public const string MessagingOperationType = "messaging.operation.type";
    public const string MessagingDestination = "messaging.destination.name";
    public const string MessageId = "messaging.message.id";
    public const string MessageCount = "messaging.batch.message_count";

    // https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
    public const string ErrorType = "error.type";
}

/// <summary>The outcome of processing a message.</summary>
internal static class MessageOutcomes
{
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Canceled = "canceled";
    /// <summary>All allowed deliveries were used: the operation ended as <c>Failed</c>.</summary>
    public const string GivenUp = "given_up";
    /// <summary>A redelivery whose operation has already ended.</summary>
    public const string AlreadyEnded = "already_ended";
    /// <summary>The message belongs to an earlier document with the same key.</summary>
    public const string Superseded = "superseded";
    /// <summary>A dead letter whose operation never started: it was sent again.</summary>
    public const string Resent = "resent";
    /// <summary>Another message, or a newer delivery of this one, runs the operation.</summary>
    public const string OwnedElsewhere = "owned_elsewhere";
    /// <summary>Another worker took the operation over while the handler ran.</summary>
    public const string Lost = "lost";
    /// <summary>The handler threw, and the message is redelivered.</summary>
    public const string Retried = "retried";
    /// <summary>Released or left because the host stops.</summary>
    public const string Stopped = "stopped";
    /// <summary>Released because the host stops, although its handler has not ended.</summary>
    public const string Abandoned = "abandoned";
    /// <summary>The message belongs to no operation of its queue, or its body is not a payload.</summary>
    public const string Invalid = "invalid";
    /// <summary>The store or the queue failed, and the message is redelivered.</summary>
    public const string Left = "left";
}

/// <summary>The outcome of one write of a status document.</summary>
internal static class WriteOutcomes
{
    public const string Written = "written";
    /// <summary>Another writer was faster. The change is applied to the newer document.</summary>
    public const string Conflict = "conflict";
    /// <summary>The store could not be reached or refused the request.</summary>
    public const string Failed = "failed";
    public const string Canceled = "canceled";
}
