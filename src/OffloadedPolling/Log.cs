using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling;

/// <summary>
/// What the AWS implementations log. Event ids never change their meaning; the core's <c>Log</c> has the others.
/// No message holds a URL's query, a credential or a payload.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(
        201, LogLevel.Warning,
        "S3 denies reading a status document in '{Bucket}/{KeyPrefix}', which is taken as 'there is none'. Grant s3:ListBucket on the "
        + "bucket, so that S3 answers 404 for what does not exist; if s3:GetObject is missing, grant that. This is logged once.")]
    public static partial void ReadDeniedTakenAsMissing(ILogger logger, string bucket, string keyPrefix);

    [LoggerMessage(202, LogLevel.Warning, "The AWS credentials are temporary and do not tell when they expire, as those from "
        + "environment variables do not. Status URLs work for at most {Lifetime} (UnknownCredentialLifetime). This is logged once.")]
    public static partial void CredentialLifeUnknown(ILogger logger, TimeSpan lifetime);

    [LoggerMessage(203, LogLevel.Warning, "The AWS credentials are about to expire and could not be refreshed. Status URLs are signed "
        + "with what life they have left.")]
    public static partial void CredentialRefreshFailed(ILogger logger, Exception cause);

    [LoggerMessage(
        204, LogLevel.Warning,
        "S3 denies reading a duration profile in '{Bucket}/{KeyPrefix}', which is taken as 'there is none'. Grant s3:GetObject there, "
        + "and s3:ListBucket on the bucket, so that S3 answers 404 for what does not exist. This is logged once.")]
    public static partial void ProfileReadDeniedTakenAsMissing(ILogger logger, string bucket, string keyPrefix);

    [LoggerMessage(205, LogLevel.Warning, "{Problem}")]
    public static partial void ConditionsIgnored(ILogger logger, string problem);

    [LoggerMessage(206, LogLevel.Warning, "Whether the S3 server at '{Address}' supports conditional writes could not be found out at "
        + "the start. The host starts all the same, and the health check goes on asking.")]
    public static partial void ConditionsUnknown(ILogger logger, string? address, Exception cause);

    [LoggerMessage(301, LogLevel.Warning, "The attributes of the queue of kind '{Kind}' could not be read. Estimates use its last known "
        + "depth for a minute, and none after that.")]
    public static partial void QueueAttributesUnknown(ILogger logger, string kind, Exception cause);

    [LoggerMessage(304, LogLevel.Warning, "Status documents stay for {Retention} after their last change ({Setting}), but the queue of "
        + "kind '{Kind}' keeps messages for {QueueRetention}. A message that waits longer than its document stays is never run. Raise the "
        + "one, and the bucket's lifecycle rule with it, or lower the other.")]
    public static partial void RetentionShorterThanQueues(
        ILogger logger, TimeSpan retention, string setting, string kind, TimeSpan queueRetention);

    [LoggerMessage(305, LogLevel.Error, "Message {MessageId} of kind '{Kind}' was received without a readable '{Missing}'. It is left "
        + "alone: it is delivered again when its visibility timeout ends, and dead-letters if the queue has a redrive policy.")]
    public static partial void MessageIncomplete(ILogger logger, string messageId, string kind, string missing);

    [LoggerMessage(
        306, LogLevel.Error,
        "Message {MessageId} of kind '{Kind}' does not match its checksum: it was altered between SQS and this process. It is left "
        + "alone, and is delivered again when its visibility timeout ends. Look for a proxy or a network device that alters answers.")]
    public static partial void MessageCorrupt(ILogger logger, string messageId, string kind);

    [LoggerMessage(
        450, LogLevel.Error,
        "{Count} records come from '{Source}', which is no queue that is known here ({Known}). They are answered as failed. Correct the "
        + "event source mapping, QueueUrl or DeadLetterQueueUrl, or add the kind's handler or AddDeadLetterReader().")]
    public static partial void RecordsOfUnknownSource(ILogger logger, int count, ForeignText source, string known);

    [LoggerMessage(
        451, LogLevel.Error, "Message {MessageId} of kind '{Kind}' came without a readable '{Missing}'. It is answered as failed.")]
    public static partial void RecordIncomplete(ILogger logger, ForeignText messageId, string kind, string missing);
}
