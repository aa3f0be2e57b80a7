using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Diagnostics;

/// <summary>
/// Everything that the library logs. Event ids never change their meaning: 1xx accepting, 2xx store and URLs, 3xx queue, 4xx processing
/// (429 to 435 dead letters, 436 to 440 measured durations, 441 to 449 policies and documents, 450 to 459 events of AWS Lambda, 460 and up
/// retries). No message holds a URL's query, a credential or a payload.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Error, "Operation {OperationId} could not be accepted, and its status document could not be ended. It "
        + "stays NotStarted until a worker takes it, if it was queued.")]
    public static partial void FailedAcceptNotEnded(ILogger logger, string operationId, Exception cause);

    [LoggerMessage(102, LogLevel.Warning, "'{Section}' is of no operation kind of this host, and has no effect here. If its name is "
        + "wrong, correct it; the kinds here are {Kinds}.")]
    public static partial void SettingsOfUnknownKind(ILogger logger, string section, string kinds);

    [LoggerMessage(103, LogLevel.Error, "Operation {OperationId} has an idempotency key. Its accept was given up, and its message could "
        + "not be sent afterwards. If its document exists, it stays NotStarted until an accept with the same key sends the message.")]
    public static partial void KeyedAcceptNotFinished(ILogger logger, string operationId, Exception cause);

    [LoggerMessage(
        104, LogLevel.Error, "The accept of operation {OperationId} was given up, and {Pending} others are to be settled already, which "
            + "is the limit. If its document exists, it stays NotStarted until an accept with the same idempotency key sends its message.")]
    public static partial void TooManySettlements(ILogger logger, string operationId, int pending);

    [LoggerMessage(105, LogLevel.Error, "Operations of kind '{Kind}' are not accepted for {Pause}: {Count} accepts in a row ran into "
        + "AcceptTimeout ({Timeout}), because store or queue did not answer. Then one accept tries.")]
    public static partial void AcceptsShut(ILogger logger, string kind, int count, TimeSpan timeout, TimeSpan pause);

    [LoggerMessage(106, LogLevel.Information, "Operations of kind '{Kind}' are accepted again: store and queue answer.")]
    public static partial void AcceptsOpened(ILogger logger, string kind);

    [LoggerMessage(107, LogLevel.Debug, "Operation {OperationId} has an idempotency key, and its accept was given up while its document "
        + "was created. There was none {Bound} later. Nothing was sent.")]
    public static partial void KeyedAcceptLeftNothing(ILogger logger, string operationId, TimeSpan bound);

    [LoggerMessage(108, LogLevel.Information, "Kind '{Kind}' has no handler in this process. Its operations are accepted here and stay "
        + "NotStarted until a process with a handler runs them. To run them here, call AddHandler.")]
    public static partial void KindWithoutHandler(ILogger logger, string kind);

    [LoggerMessage(302, LogLevel.Error, "Messages of kind '{Kind}' could not be received. Trying again.")]
    public static partial void ReceiveFailed(ILogger logger, string kind, Exception cause);

    [LoggerMessage(303, LogLevel.Warning, "Of {Count} messages of kind '{Kind}' that are done with, some could not be deleted. They are "
        + "delivered again and deleted then.")]
    public static partial void MessagesNotDeleted(ILogger logger, int count, string kind, Exception cause);

    [LoggerMessage(401, LogLevel.Information, "Worker of kind '{Kind}' started, with {MaxConcurrency} handlers at once.")]
    public static partial void WorkerStarted(ILogger logger, string kind, int maxConcurrency);

    [LoggerMessage(402, LogLevel.Information, "Worker of kind '{Kind}' is stopping; {Held} messages are under way.")]
    public static partial void WorkerStopping(ILogger logger, string kind, int held);

    [LoggerMessage(403, LogLevel.Information, "Worker of kind '{Kind}' stopped.")]
    public static partial void WorkerStopped(ILogger logger, string kind);

    [LoggerMessage(404, LogLevel.Error, "The status store fails. Workers and dead-letter readers receive nothing until it answers "
        + "again, and keep hidden what they hold. Further failures are not logged.")]
    public static partial void StoreOutageBegan(ILogger logger, Exception cause);

    [LoggerMessage(405, LogLevel.Information, "The status store answers again. Workers and dead-letter readers go on.")]
    public static partial void StoreOutageEnded(ILogger logger);

    [LoggerMessage(406, LogLevel.Error, "The worker of kind '{Kind}' receives nothing any more: {Count} messages in a row led to no "
        + "status document that it can read. Check that it has the store, bucket and key prefix of the hosts that accept, and that it may "
        + "read there. It goes on when it finds a document; until then it tries one message a minute.")]
    public static partial void ReceivingSuspended(ILogger logger, string kind, int count);

    [LoggerMessage(407, LogLevel.Information, "The worker of kind '{Kind}' receives again: it found a status document.")]
    public static partial void ReceivingResumed(ILogger logger, string kind);

    [LoggerMessage(408, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' is deleted: it was sent for an earlier operation with "
        + "the id {OperationId}, whose status document was deleted or has expired.")]
    public static partial void MessageOfEarlierDocument(ILogger logger, string messageId, string kind, string operationId);

    [LoggerMessage(409, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' cannot be hidden any longer: the queue's limit since "
        + "its receipt is met. Its handler may run for another {Left} and is then canceled.")]
    public static partial void VisibilityLimitMet(ILogger logger, string messageId, string kind, TimeSpan left);

    [LoggerMessage(410, LogLevel.Error, "Message {MessageId} of kind '{Kind}' has no attribute StatusKey, so nobody could learn what "
        + "came of it. It is not run, and dead-letters if the queue has a redrive policy.")]
    public static partial void MessageWithoutStatusKey(ILogger logger, string messageId, string kind);

    [LoggerMessage(411, LogLevel.Error, "The body of message {MessageId} is no payload of kind '{Kind}': it cannot be read at {Path}, "
        + "line {Line}, byte {Byte}. It is not run, and dead-letters if the queue has a redrive policy.")]
    public static partial void MessageBodyUnreadable(ILogger logger, string messageId, string kind, string path, long line, long @byte);

    [LoggerMessage(412, LogLevel.Error, "Message {MessageId} of kind '{Kind}' names the status key '{StatusKey}', under which there is "
        + "no status document. It is not run, and dead-letters if the queue has a redrive policy.")]
    public static partial void UnknownStatusKey(ILogger logger, string messageId, string kind, ForeignText statusKey);

    [LoggerMessage(413, LogLevel.Error, "Message {MessageId} of kind '{Kind}' belongs to operation {OperationId} of kind "
        + "'{OperationKind}': it is in the wrong queue. It is not run, and dead-letters if the queue has a redrive policy.")]
    public static partial void OperationOfAnotherKind(
        ILogger logger, string messageId, string kind, string operationId, string operationKind);

    [LoggerMessage(414, LogLevel.Error, "Message {MessageId} of kind '{Kind}' was not processed to its end. It is delivered again when "
        + "its visibility timeout ends.")]
    public static partial void MessageLeft(ILogger logger, string messageId, string kind, Exception cause);

    [LoggerMessage(415, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' could not be kept hidden while it waited for a handler. "
        + "It is left to its next delivery.")]
    public static partial void MessageHeldTooLong(ILogger logger, string messageId, string kind);

    [LoggerMessage(417, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' could not be hidden for longer while its handler runs. "
        + "Trying again before its time is over.")]
    public static partial void MessageNotExtended(ILogger logger, string messageId, string kind, Exception cause);

    [LoggerMessage(416, LogLevel.Information, "Message {MessageId} does not run operation {OperationId}: {Claim}.")]
    public static partial void OperationNotTaken(ILogger logger, string messageId, string operationId, string claim);

    [LoggerMessage(418, LogLevel.Warning, "The operation of message {MessageId} of kind '{Kind}' could not be polled while its handler "
        + "runs. The next poll is after the next extension.")]
    public static partial void OperationNotPolled(ILogger logger, string messageId, string kind, Exception cause);

    [LoggerMessage(
        419, LogLevel.Error, "What a handler registered with its CancellationToken threw. Message {MessageId} goes on as without it.")]
    public static partial void CancelCallbackThrew(ILogger logger, string messageId, Exception cause);

    [LoggerMessage(420, LogLevel.Information, "Operation {OperationId} ended as {State} at attempt {Attempt}.")]
    public static partial void OperationEnded(ILogger logger, string operationId, OperationState state, int attempt);

    [LoggerMessage(421, LogLevel.Warning, "The handler ended operation {OperationId} at attempt {Attempt} with the problem "
        + "{ProblemType}: {ProblemTitle}")]
    public static partial void OperationFailed(ILogger logger, string operationId, int attempt, string problemType, string? problemTitle);

    [LoggerMessage(422, LogLevel.Error, "The handler of operation {OperationId} threw at attempt {Attempt} of {MaxAttempts}. The "
        + "operation is retried in {Delay}.")]
    public static partial void HandlerThrew(
        ILogger logger, string operationId, int attempt, string maxAttempts, TimeSpan delay, Exception cause);

    [LoggerMessage(
        427, LogLevel.Error, "The handler of operation {OperationId} threw at attempt {Attempt}, the last. The operation ends as Failed.")]
    public static partial void HandlerThrewAtLast(ILogger logger, string operationId, int attempt, Exception cause);

    [LoggerMessage(423, LogLevel.Warning, "The handler of operation {OperationId} was stopped with the host at attempt {Attempt}. Its "
        + "message is given back.")]
    public static partial void HandlerStopped(ILogger logger, string operationId, int attempt);

    [LoggerMessage(424, LogLevel.Warning, "Operation {OperationId} is no longer this worker's: message {MessageId} was redelivered, or "
        + "the operation has ended. What this run comes to is not written.")]
    public static partial void OperationLost(ILogger logger, string operationId, string messageId);

    [LoggerMessage(425, LogLevel.Error, "The result of operation {OperationId} does not fit into its status document; it ends as Failed.")]
    public static partial void ResultTooLarge(ILogger logger, string operationId, Exception cause);

    [LoggerMessage(460, LogLevel.Warning, "The status document of operation {OperationId} could not be updated to say that a retry is "
        + "due. The operation is retried all the same.")]
    public static partial void RetryNotWritten(ILogger logger, string operationId, Exception cause);

    [LoggerMessage(426, LogLevel.Warning, "Progress of operation {OperationId} could not be written. The work goes on.")]
    public static partial void ProgressNotWritten(ILogger logger, string operationId, Exception cause);

    [LoggerMessage(
        428, LogLevel.Error,
        "The handler of operation {OperationId} did not end when the host stopped, at attempt {Attempt}. Its message is given back all "
        + "the same, and another worker may run it beside. Pass the CancellationToken on to whatever the handler waits for.")]
    public static partial void HandlerAbandoned(ILogger logger, string operationId, int attempt);

    [LoggerMessage(447, LogLevel.Error, "The handler of operation {OperationId} was told to end at attempt {Attempt}, and a callback "
        + "that it registered with its CancellationToken blocks. It is not waited for any more: its message is released, and another "
        + "worker may run it at the same time. Callbacks must return quickly.")]
    public static partial void HandlerBlocked(ILogger logger, string operationId, int attempt);

    [LoggerMessage(448, LogLevel.Warning, "Message {MessageId} of kind '{Kind}' was not processed to its end before the host stopped, "
        + "or the function's time was over. It is released.")]
    public static partial void DeliveryAbandoned(ILogger logger, string messageId, string kind);

    [LoggerMessage(449, LogLevel.Warning, "Operation {OperationId} is sent again ({Resends} of {MaxResends}): message {MessageId} of "
        + "kind '{Kind}' was delivered as often as is allowed, and the work never began.")]
    public static partial void OperationResent(
        ILogger logger, string operationId, string messageId, string kind, int resends, int maxResends);

    [LoggerMessage(446, LogLevel.Information, "Dead letter {MessageId} of kind '{Kind}' is deleted: it was sent for an earlier "
        + "operation with the id {OperationId}, whose status document was deleted or has expired.")]
    public static partial void DeadLetterOfEarlierDocument(ILogger logger, string messageId, string kind, string operationId);

    [LoggerMessage(
        429, LogLevel.Warning,
        "Dead letter {MessageId}, read for kind '{Kind}', belongs to operation {OperationId} of kind '{OperationKind}'. It is left to a "
        + "reader of that kind. If there is none, the operation is given up when half of its document's time is over.")]
    public static partial void DeadLetterOfAnotherKind(
        ILogger logger, string messageId, string kind, string operationId, string operationKind);

    [LoggerMessage(430, LogLevel.Information, "Dead letters of kind '{Kind}' are read.")]
    public static partial void DeadLetterReaderStarted(ILogger logger, string kind);

    [LoggerMessage(431, LogLevel.Error, "Operation {OperationId} was given up: message {MessageId} of kind '{Kind}' was delivered as "
        + "often as is allowed. It ends as Failed.")]
    public static partial void OperationGivenUp(ILogger logger, string operationId, string messageId, string kind);

    [LoggerMessage(432, LogLevel.Information, "Dead letter {MessageId} of kind '{Kind}' is deleted: operation {OperationId} has ended, "
        + "or another message runs it.")]
    public static partial void DeadLetterObsolete(ILogger logger, string messageId, string kind, string operationId);

    [LoggerMessage(433, LogLevel.Error, "Dead letter {MessageId} of kind '{Kind}' leads to no status document (status key "
        + "'{StatusKey}'). It is left for people to look at, and looked at again in an hour.")]
    public static partial void DeadLetterWithoutDocument(ILogger logger, string messageId, string kind, ForeignText statusKey);

    [LoggerMessage(434, LogLevel.Error, "Dead letter {MessageId} of kind '{Kind}' was not read to its end. It is read again when its "
        + "visibility timeout ends.")]
    public static partial void DeadLetterLeft(ILogger logger, string messageId, string kind, Exception cause);

    [LoggerMessage(435, LogLevel.Error, "Dead letters of kind '{Kind}' could not be received. Trying again.")]
    public static partial void DeadLettersNotReceived(ILogger logger, string kind, Exception cause);

    [LoggerMessage(436, LogLevel.Warning, "The duration profile of kind '{Kind}' cannot be read. It counts as none, and is replaced "
        + "when a worker writes it next.")]
    public static partial void ProfileUnreadable(ILogger logger, string kind, Exception cause);

    [LoggerMessage(
        437, LogLevel.Warning, "The duration profile of kind '{Kind}' could not be read. Estimates go on from what was known before.")]
    public static partial void ProfileNotRead(ILogger logger, string kind, Exception cause);

    [LoggerMessage(438, LogLevel.Warning, "The duration profile of kind '{Kind}' could not be written. The work goes on, what was "
        + "measured is kept for the next try, and further failures are not logged until one succeeds.")]
    public static partial void ProfileNotWritten(ILogger logger, string kind, Exception? cause);

    [LoggerMessage(439, LogLevel.Error, "An operation of kind '{Kind}' could not be estimated. It is accepted without an estimate, so "
        + "that its callers poll more often than necessary. This is logged once for each kind.")]
    public static partial void NotEstimated(ILogger logger, string kind, Exception cause);

    [LoggerMessage(440, LogLevel.Warning, "The duration profile of kind '{Kind}' is one that a newer version of this library wrote. It "
        + "is left alone: estimates are made without it, and what this process measures is not added. Update the library.")]
    public static partial void ProfileNewer(ILogger logger, string kind, Exception cause);

    [LoggerMessage(
        441, LogLevel.Error, "The policy '{Policy}' failed on the status document of operation {OperationId}, which counts as refused.")]
    public static partial void PolicyFailed(ILogger logger, string policy, string operationId, Exception cause);

    [LoggerMessage(442, LogLevel.Error, "A policy refused the status document that says operation {OperationId} is {Wanted}. It is "
        + "written as {Written}, with nothing of the host's in it.")]
    public static partial void StatusRedacted(
        ILogger logger, string operationId, OperationState wanted, OperationState written, Exception cause);

    [LoggerMessage(
        443, LogLevel.Error,
        "The estimator '{Estimator}' returned an estimate for kind '{Kind}' that cannot be used: {Reason}. It counts as unknown, so "
        + "that callers poll more often than necessary. Correct the estimator. This is logged once for each kind.")]
    public static partial void EstimateUnusable(ILogger logger, string kind, string estimator, string reason);

    [LoggerMessage(
        444, LogLevel.Error, "Operation {OperationId} ends as Failed, because its result or problem could not be written. {Reason}")]
    public static partial void ResultInvalid(ILogger logger, string operationId, string reason);

    [LoggerMessage(445, LogLevel.Warning, "The status document that says operation {OperationId} is {State} could not be written as a "
        + "whole. It is written without message, progress, estimate and resourceLocation.")]
    public static partial void WrittenReduced(ILogger logger, string operationId, OperationState state, Exception cause);
}
