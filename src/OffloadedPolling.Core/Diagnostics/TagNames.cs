namespace OffloadedPolling.Diagnostics;

/// <summary>
/// The names of all tags, of spans and of measurements. None ever holds a status URL, a payload, a receipt handle, or a text of the host's
/// or of an exception.
/// </summary>
internal static class TagNames
{
    public const string Kind = "offloaded_polling.operation.kind";

    /// <summary>Of spans alone: there are too many for metrics.</summary>
    public const string OperationId = "offloaded_polling.operation.id";

    public const string Status = "offloaded_polling.operation.status";

    public const string Attempt = "offloaded_polling.operation.attempt";

    /// <summary>What came of a message: one of <see cref="MessageOutcomes"/>.</summary>
    public const string MessageOutcome = "offloaded_polling.message.outcome";

    /// <summary>What came of a write: one of <see cref="WriteOutcomes"/>.</summary>
    public const string WriteOutcome = "offloaded_polling.write.outcome";

    /// <summary>Whether an accept found the operation that the same idempotency key had made before.</summary>
    public const string Repeated = "offloaded_polling.accept.repeated";

    /// <summary><c>late</c>, when the operation ended after the estimate's median, or <c>early</c>.</summary>
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
