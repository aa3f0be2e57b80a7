using System.Globalization;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Diagnostics;

/// <summary>
/// All log events. Event IDs never change their meaning: 1xx accepting, 2xx store and URLs, 3xx queue, 4xx processing. Related events are
/// grouped below; their IDs are not contiguous. 450 to 459 are events of AWS Lambda. No message contains a URL's query, a credential or a
/// payload.
/// </summary>
internal static partial class Log
{
    private const string NotRun = " It does not run, and becomes a dead letter if the queue has a redrive policy.";

    // Accepting
    [LoggerMessage(101, LogLevel.Error, "Operation {OperationId} was not accepted, and its status document could not be set to Failed. The "
        + "document stays NotStarted, unless the message was sent and a worker runs the operation.")]
    public static partial void FailedAcceptNotEnded(ILogger logger, string operationId, Exception cause);
    [LoggerMessage(102, LogLevel.Warning, "'{Section}' does not belong to an operation kind of this host, and has no effect here. If its "
        + "name is wrong, correct it. The kinds of this host are {Kinds}.")]
    public static partial void SettingsOfUnknownKind(ILogger logger, string section, string kinds);
    [LoggerMessage(103, LogLevel.Error, "The accept of operation {OperationId} was abandoned, and its message could not be sent "
        + "afterwards. If its document exists, it stays NotStarted until an accept with the same idempotency key sends the message.")]
    public static partial void KeyedAcceptNotFinished(ILogger logger, string operationId, Exception cause);
    [LoggerMessage(104, LogLevel.Error, "The accept of operation {OperationId} was abandoned and is not settled, because too many others "
        + "wait ({Pending}, or 64 MiB of messages). If its document exists, it stays NotStarted. An accept with the same idempotency key "
        + "sends its message; without a key, the document stays NotStarted until it expires.")]
    public static partial void TooManySettlements(ILogger logger, string operationId, int pending);
    [LoggerMessage(105, LogLevel.Error, "Operations of kind '{Kind}' are not accepted for {Pause}: {Count} accepts in a row exceeded "
        + "AcceptTimeout ({Timeout}), because the store, the source of credentials or the queue did not answer. Then one accept is tried.")]
    public static partial void AcceptsShut(ILogger logger, string kind, int count, TimeSpan timeout, TimeSpan pause);
    [LoggerMessage(106, LogLevel.Information, "Operations of kind '{Kind}' are accepted again: an accept was answered in time.")]
    public static partial void AcceptsOpened(ILogger logger, string kind);
    [LoggerMessage(107, LogLevel.Debug, "The accept of operation {OperationId}, which has an idempotency key, was abandoned while its "
        + "document was being created. {Bound} later, there was no document. Nothing was sent.")]
    public static partial void KeyedAcceptLeftNothing(ILogger logger, string operationId, TimeSpan bound);
    [LoggerMessage(108, LogLevel.Information, "Kind '{Kind}' has no handler in this process. Its operations are accepted here and stay "
        + "NotStarted until a process with a handler runs them. To run them here, call AddHandler.")]
    public static partial void KindWithoutHandler(ILogger logger, string kind);

    // The worker and its queue
    [LoggerMessage(302, LogLevel.Error, "Messages of kind '{Kind}' could not be received. The worker retries.")]
    public static partial void ReceiveFailed(ILogger logger, string kind, Exception cause);
    [LoggerMessage(303, LogLevel.Warning, "Some of {Count} messages of kind '{Kind}' could not be deleted. They are redelivered.")]
    public static partial void MessagesNotDeleted(ILogger logger, int count, string kind, Exception cause);
    [LoggerMessage(307, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' could not be released. It is redelivered when its "
        + "visibility timeout ends.")]
    public static partial void MessageNotReleased(ILogger logger, string messageId, string kind, Exception cause);
    [LoggerMessage(401, LogLevel.Information, "The worker of kind '{Kind}' started. It runs up to {MaxConcurrency} handler(s) at once.")]
    public static partial void WorkerStarted(ILogger logger, string kind, int maxConcurrency);
    [LoggerMessage(402, LogLevel.Information, "The worker of kind '{Kind}' is stopping. It still holds {Held} message(s).")]
    public static partial void WorkerStopping(ILogger logger, string kind, int held);
    [LoggerMessage(403, LogLevel.Information, "The worker of kind '{Kind}' stopped.")]
    public static partial void WorkerStopped(ILogger logger, string kind);
    [LoggerMessage(409, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' cannot be hidden longer because the queue's limit is "
        + "reached. Its handler may run for another {Left} and is then canceled.")]
    public static partial void VisibilityLimitMet(ILogger logger, string messageId, string kind, TimeSpan left);
    [LoggerMessage(414, LogLevel.Error, "Message {MessageId} of kind '{Kind}' could not be processed. It will be redelivered.")]
    public static partial void MessageLeft(ILogger logger, string messageId, string kind, Exception cause);
    [LoggerMessage(415, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' could not be kept hidden while it waited for a handler. It "
        + "is redelivered.")]
    public static partial void MessageHeldTooLong(ILogger logger, string messageId, string kind);
    [LoggerMessage(417, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' could not be extended. The worker retries.")]
    public static partial void MessageNotExtended(ILogger logger, string messageId, string kind, Exception cause);
    [LoggerMessage(448, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' was not processed before the host stopped or the "
        + "function ran out of time. It is released.")]
    public static partial void DeliveryAbandoned(ILogger logger, string messageId, string kind);

    // The status store
    [LoggerMessage(404, LogLevel.Error, "The status store fails. Until it recovers, workers and dead-letter readers receive no messages "
        + "and keep theirs hidden. Further failures are not logged.")]
    public static partial void StoreOutageBegan(ILogger logger, Exception cause);
    [LoggerMessage(405, LogLevel.Information, "The status store has recovered. Workers and dead-letter readers resume.")]
    public static partial void StoreOutageEnded(ILogger logger);
    [LoggerMessage(406, LogLevel.Error, "The worker of kind '{Kind}' stopped receiving because it could not find the status documents of "
        + "{Count} messages in a row. Check that it uses the same store, bucket and key prefix as the hosts that accept, and that it has "
        + "permission to read there. It tries one message per minute, and resumes when it finds a document.")]
    public static partial void ReceivingSuspended(ILogger logger, string kind, int count);
    [LoggerMessage(407, LogLevel.Information, "The worker of kind '{Kind}' resumed receiving because it found a status document.")]
    public static partial void ReceivingResumed(ILogger logger, string kind);

    // Messages that do not run
    [LoggerMessage(408, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' was deleted because it belongs to an earlier operation "
        + "with the ID {OperationId}, whose status document was deleted or has expired.")]
    public static partial void MessageOfEarlierDocument(ILogger logger, string messageId, string kind, string operationId);
    [LoggerMessage(410, LogLevel.Error, "Message {MessageId} of kind '{Kind}' has no attribute StatusKey." + NotRun)]
    public static partial void MessageWithoutStatusKey(ILogger logger, string messageId, string kind);
    [LoggerMessage(411, LogLevel.Error, "The body of message {MessageId} is not a payload of kind '{Kind}'. It cannot be read at {Path}, "
        + "line {Line}, byte {Byte}." + NotRun)]
    public static partial void MessageBodyUnreadable(ILogger logger, string messageId, string kind, string path, long line, long @byte);
    [LoggerMessage(412, LogLevel.Error, "Message {MessageId} of kind '{Kind}' has no document (status key '{StatusKey}')." + NotRun)]
    public static partial void UnknownStatusKey(ILogger logger, string messageId, string kind, ForeignText statusKey);
    [LoggerMessage(413, LogLevel.Error, "Message {MessageId} of kind '{Kind}' belongs to operation {OperationId} of kind "
        + "'{OperationKind}', so it is in the wrong queue." + NotRun)]
    public static partial void OperationOfAnotherKind(
        ILogger logger, string messageId, string kind, string operationId, string operationKind);
    [LoggerMessage(416, LogLevel.Information, "Message {MessageId} does not run operation {OperationId}: {Claim}.")]
    public static partial void OperationNotTaken(ILogger logger, string messageId, string operationId, string claim);

    // Runs and their ends
    [LoggerMessage(418, LogLevel.Warning, "The operation of message {MessageId} of kind '{Kind}' could not be polled. The worker retries.")]
    public static partial void OperationNotPolled(ILogger logger, string messageId, string kind, Exception cause);
    [LoggerMessage(419, LogLevel.Error, "A callback that the handler of message {MessageId} registered on its CancellationToken threw.")]
    public static partial void CancelCallbackThrew(ILogger logger, string messageId, Exception cause);
    [LoggerMessage(420, LogLevel.Information, "Operation {OperationId} ended as {State} after {Attempt} attempt(s).")]
    public static partial void OperationEnded(ILogger logger, string operationId, OperationState state, int attempt);
    [LoggerMessage(421, LogLevel.Warning, "The handler ended operation {OperationId} as Failed in attempt {Attempt}: {ProblemType} "
        + "{ProblemTitle}")]
    public static partial void OperationFailed(ILogger logger, string operationId, int attempt, string problemType, string? problemTitle);
    [LoggerMessage(422, LogLevel.Error, "The handler of operation {OperationId} threw in attempt {Attempt} (maximum: {MaxAttempts}). "
        + "Unless the operation was canceled or taken over, it is retried in {Delay}.")]
    public static partial void HandlerThrew(
        ILogger logger, string operationId, int attempt, string maxAttempts, TimeSpan delay, Exception cause);
    [LoggerMessage(423, LogLevel.Warning, "The host stopped the handler of operation {OperationId} in attempt {Attempt}.")]
    public static partial void HandlerStopped(ILogger logger, string operationId, int attempt);
    [LoggerMessage(424, LogLevel.Warning, "Operation {OperationId} no longer belongs to this worker: message {MessageId} was redelivered, "
        + "the operation has ended, or its status document was deleted. The outcome of this run is not written.")]
    public static partial void OperationLost(ILogger logger, string operationId, string messageId);
    [LoggerMessage(425, LogLevel.Error, "Operation {OperationId} ends as Failed: its result or problem is too large for the status "
        + "document.")]
    public static partial void ResultTooLarge(ILogger logger, string operationId, Exception cause);
    [LoggerMessage(426, LogLevel.Warning, "Progress of operation {OperationId} could not be written. The work continues.")]
    public static partial void ProgressNotWritten(ILogger logger, string operationId, Exception cause);
    [LoggerMessage(427, LogLevel.Error, "Operation {OperationId} ends as Failed: its handler threw in the last attempt, {Attempt}.")]
    public static partial void HandlerThrewAtLast(ILogger logger, string operationId, int attempt, Exception cause);
    [LoggerMessage(428, LogLevel.Error, "The handler of operation {OperationId} did not end when the host stopped, in attempt {Attempt}. "
        + "Another worker may run it at the same time. Pass the CancellationToken to every call that the handler awaits.")]
    public static partial void HandlerAbandoned(ILogger logger, string operationId, int attempt);
    [LoggerMessage(444, LogLevel.Error, "Operation {OperationId} ends as Failed: its result or problem could not be written. {Reason}")]
    public static partial void ResultInvalid(ILogger logger, string operationId, string reason);
    [LoggerMessage(447, LogLevel.Error, "A callback that the handler of operation {OperationId} registered on its CancellationToken "
        + "blocks, in attempt {Attempt}. Another worker may run the operation at the same time. Callbacks must return quickly.")]
    public static partial void HandlerBlocked(ILogger logger, string operationId, int attempt);
    [LoggerMessage(460, LogLevel.Warning, "The status document of operation {OperationId} could not be updated to announce a retry. The "
        + "operation is still retried.")]
    public static partial void RetryNotWritten(ILogger logger, string operationId, Exception cause);

    // Dead letters
    [LoggerMessage(429, LogLevel.Warning, "Dead letter {MessageId}, read for kind '{Kind}', belongs to operation {OperationId} of kind "
        + "'{OperationKind}'. A reader of that kind processes it. Otherwise, the operation fails halfway to its document's expiration.")]
    public static partial void DeadLetterOfAnotherKind(
        ILogger logger, string messageId, string kind, string operationId, string operationKind);
    [LoggerMessage(430, LogLevel.Information, "The dead-letter reader of kind '{Kind}' started.")]
    public static partial void DeadLetterReaderStarted(ILogger logger, string kind);
    [LoggerMessage(431, LogLevel.Error, "Operation {OperationId} ends as Failed: message {MessageId} ('{Kind}') has no deliveries left.")]
    public static partial void OperationGivenUp(ILogger logger, string operationId, string messageId, string kind);
    [LoggerMessage(432, LogLevel.Information, "Dead letter {MessageId} of kind '{Kind}' was deleted because operation {OperationId} has "
        + "ended, or another message runs it.")]
    public static partial void DeadLetterObsolete(ILogger logger, string messageId, string kind, string operationId);
    [LoggerMessage(433, LogLevel.Error, "Dead letter {MessageId} of kind '{Kind}' has no status document (status key '{StatusKey}'). It "
        + "stays in the queue for inspection, and is read again in an hour.")]
    public static partial void DeadLetterWithoutDocument(ILogger logger, string messageId, string kind, ForeignText statusKey);
    [LoggerMessage(434, LogLevel.Error, "Dead letter {MessageId} of kind '{Kind}' could not be processed. It will be redelivered.")]
    public static partial void DeadLetterLeft(ILogger logger, string messageId, string kind, Exception cause);
    [LoggerMessage(435, LogLevel.Error, "Dead letters of kind '{Kind}' could not be received. The reader retries.")]
    public static partial void DeadLettersNotReceived(ILogger logger, string kind, Exception cause);
    [LoggerMessage(446, LogLevel.Information, "Dead letter {MessageId} of kind '{Kind}' was deleted because it belongs to an earlier "
        + "operation with the ID {OperationId}, whose status document was deleted or has expired.")]
    public static partial void DeadLetterOfEarlierDocument(ILogger logger, string messageId, string kind, string operationId);
    [LoggerMessage(449, LogLevel.Warning, "Operation {OperationId} is sent again ({Resends} of {MaxResends}) because all deliveries of "
        + "message {MessageId} of kind '{Kind}' were used before the work started.")]
    public static partial void OperationResent(
        ILogger logger, string operationId, string messageId, string kind, int resends, int maxResends);

    // Durations and estimates
    [LoggerMessage(436, LogLevel.Warning, "The duration profile of kind '{Kind}' cannot be read. It is ignored and will be replaced.")]
    public static partial void ProfileUnreadable(ILogger logger, string kind, Exception cause);
    [LoggerMessage(437, LogLevel.Warning, "Reading the duration profile of kind '{Kind}' failed. Estimates use the last known one.")]
    public static partial void ProfileNotRead(ILogger logger, string kind, Exception cause);
    [LoggerMessage(438, LogLevel.Warning, "The duration profile of kind '{Kind}' could not be written. The durations are kept for the next "
        + "attempt. Further failures are not logged until one succeeds.")]
    public static partial void ProfileNotWritten(ILogger logger, string kind, Exception? cause);
    [LoggerMessage(439, LogLevel.Error, "An operation of kind '{Kind}' could not be estimated. It is accepted without an estimate, so "
        + "callers poll more often than necessary. This is logged once for each kind.")]
    public static partial void NotEstimated(ILogger logger, string kind, Exception cause);
    [LoggerMessage(440, LogLevel.Warning, "A newer version of this library wrote the duration profile of kind '{Kind}'. It is neither used "
        + "nor changed. Update the library.")]
    public static partial void ProfileNewer(ILogger logger, string kind, Exception cause);
    [LoggerMessage(443, LogLevel.Error, "The estimator '{Estimator}' returned an unusable estimate for kind '{Kind}': {Reason}. It is "
        + "treated as unknown, so callers poll more often than necessary. Fix the estimator. This is logged once for each kind.")]
    public static partial void EstimateUnusable(ILogger logger, string kind, string estimator, string reason);

    // Policies and documents
    [LoggerMessage(441, LogLevel.Error, "The policy '{Policy}' failed for operation {OperationId}. The document is refused.")]
    public static partial void PolicyFailed(ILogger logger, string policy, string operationId, Exception cause);
    [LoggerMessage(442, LogLevel.Error, "A policy refused the status document of operation {OperationId} as {Wanted}. It is written as "
        + "{Written}, without the host's values.")]
    public static partial void StatusRedacted(
        ILogger logger, string operationId, OperationState wanted, OperationState written, Exception cause);
    [LoggerMessage(445, LogLevel.Warning, "The status document of operation {OperationId} as {State} is too large or cannot be serialized. "
        + "It is written without message, progress, estimate and resourceLocation.")]
    public static partial void WrittenReduced(ILogger logger, string operationId, OperationState state, Exception cause);
}

/// <summary>Text from an unknown sender, as it is logged: at most 128 characters, and none that could forge a line or hide text.</summary>
internal readonly record struct ForeignText
{
    private const int MaxLength = 128;

    private readonly string? _shown;

    private ForeignText(string? text) => _shown = text is null ? null : Show(text);
    public static implicit operator ForeignText(string? text) => new(text);
    public override string ToString() => _shown ?? "(none)";

    private static string Show(string text)
    {
        var shown = string.Concat(text.Take(MaxLength).Select(character => IsShown(character) ? character : '\uFFFD'));
        return text.Length <= MaxLength ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown}… ({text.Length:N0} characters)");
    }

    private static bool IsShown(char character) => char.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate);
}
