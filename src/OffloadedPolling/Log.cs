using Microsoft.Extensions.Logging;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling;

/// <summary>
/// The log messages of the AWS implementations. Event IDs never change their meaning. The core's <c>Log</c> has the other events.
/// Messages never contain the query of a URL, a credential or a payload.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(
        201, LogLevel.Warning,
        "S3 denied reading a status document in '{Bucket}/{KeyPrefix}', so the document is treated as missing. Grant s3:ListBucket on "
        + "the bucket, so that S3 returns 404 for missing objects, and s3:GetObject if it is not granted. This is logged once.")]
    public static partial void ReadDeniedTakenAsMissing(ILogger logger, string bucket, string keyPrefix);

    [LoggerMessage(202, LogLevel.Warning, "The AWS credentials are temporary but do not report when they expire, which is normal for "
        + "environment variables. Status URLs work for at most {Lifetime} (UnknownCredentialLifetime). This is logged once.")]
    public static partial void CredentialLifeUnknown(ILogger logger, TimeSpan lifetime);

    [LoggerMessage(203, LogLevel.Warning, "The AWS credentials are about to expire and could not be refreshed. Status URLs expire "
        + "with them.")]
    public static partial void CredentialRefreshFailed(ILogger logger, Exception cause);

    [LoggerMessage(
        204, LogLevel.Warning,
        "S3 denied reading a duration profile in '{Bucket}/{KeyPrefix}', so the profile is treated as missing. Grant s3:GetObject there, "
        + "and s3:ListBucket on the bucket, so that S3 returns 404 for missing objects. This is logged once.")]
    public static partial void ProfileReadDeniedTakenAsMissing(ILogger logger, string bucket, string keyPrefix);

    [LoggerMessage(205, LogLevel.Warning, "{Problem}")]
    public static partial void ConditionsIgnored(ILogger logger, string problem);

    [LoggerMessage(206, LogLevel.Warning, "The start could not determine whether the S3 server at '{Address}' supports conditional "
        + "writes. The host starts anyway, and the health check repeats the test.")]
    public static partial void ConditionsUnknown(ILogger logger, string? address, Exception cause);

    [LoggerMessage(301, LogLevel.Warning, "The attributes of the queue of kind '{Kind}' could not be read. Estimates use its last known "
        + "depth for one minute. After that, they use no depth.")]
    public static partial void QueueAttributesUnknown(ILogger logger, string kind, Exception cause);

    [LoggerMessage(304, LogLevel.Warning, "Status documents are kept for {Retention} after their last change ({Setting}), but the queue "
        + "of kind '{Kind}' keeps messages for {QueueRetention}. A message that outlives its document is never processed. Raise the "
        + "retention of documents and the bucket's lifecycle rule, or lower the retention of the queue.")]
    public static partial void RetentionShorterThanQueues(
        ILogger logger, TimeSpan retention, string setting, string kind, TimeSpan queueRetention);

    [LoggerMessage(305, LogLevel.Error, "Message {MessageId} of kind '{Kind}' has no readable '{Missing}' and was not processed. It is "
        + "redelivered when its visibility timeout ends, and moves to the dead-letter queue if the queue has a redrive policy.")]
    public static partial void MessageIncomplete(ILogger logger, string messageId, string kind, string missing);

    [LoggerMessage(
        306, LogLevel.Error,
        "Message {MessageId} of kind '{Kind}' does not match its checksum: it was altered between SQS and this process. It was "
        + "not processed, and is redelivered when its visibility timeout ends. Find the proxy or network device that alters responses.")]
    public static partial void MessageCorrupt(ILogger logger, string messageId, string kind);

    [LoggerMessage(
        450, LogLevel.Error,
        "{Count} record(s) from '{Source}' were reported as failed, because the source is not a known queue ({Known}). Correct the event "
        + "source mapping, QueueUrl or DeadLetterQueueUrl, add the kind's handler, or call AddDeadLetterReader().")]
    public static partial void RecordsOfUnknownSource(ILogger logger, int count, ForeignText source, string known);

    [LoggerMessage(
        451, LogLevel.Error, "Message {MessageId} of kind '{Kind}' has no readable '{Missing}' and was reported as failed.")]
    public static partial void RecordIncomplete(ILogger logger, ForeignText messageId, string kind, string missing);
}
