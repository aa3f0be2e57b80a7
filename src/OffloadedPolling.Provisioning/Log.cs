using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Provisioning;

/// <summary>Everything that this package logs. Event ids never change their meaning: 501 to 509 the bucket, 510 to 519 the queues.</summary>
internal static partial class Log
{
    [LoggerMessage(501, LogLevel.Information, "{Part} of the bucket '{Bucket}' was applied: {Expected}. There was: {Actual}.")]
    public static partial void BucketPartApplied(ILogger logger, string part, string bucket, string expected, string actual);

    [LoggerMessage(502, LogLevel.Warning, "{Part} of the bucket '{Bucket}' was not applied. {Reason}")]
    public static partial void BucketPartFailed(ILogger logger, string part, string bucket, string? reason);

    [LoggerMessage(503, LogLevel.Warning, "{Part} of the bucket '{Bucket}' was rolled back. {Reason}")]
    public static partial void BucketPartRolledBack(ILogger logger, string part, string bucket, string? reason);

    [LoggerMessage(504, LogLevel.Warning, "{Part} of the bucket '{Bucket}' was skipped. {Reason}")]
    public static partial void BucketPartSkipped(ILogger logger, string part, string bucket, string? reason);

    [LoggerMessage(505, LogLevel.Warning, "{Part} of the bucket '{Bucket}' is set up, but: {Reason}")]
    public static partial void BucketPartWarning(ILogger logger, string part, string bucket, string reason);

    [LoggerMessage(506, LogLevel.Error, "Writing to the bucket '{Bucket}' or reading from it does not work. {Probe}")]
    public static partial void BucketProbeFailed(ILogger logger, string bucket, string? probe);

    [LoggerMessage(507, LogLevel.Error, "{Part} of the bucket '{Bucket}' was applied and could not be rolled back. {Reason}")]
    public static partial void BucketPartRollbackFailed(ILogger logger, string part, string bucket, string? reason);

    [LoggerMessage(508, LogLevel.Warning, "An object that was written to test the bucket '{Bucket}' could not be deleted. {Leftover}")]
    public static partial void BucketProbeObjectLeft(ILogger logger, string bucket, string leftover);

    [LoggerMessage(511, LogLevel.Information, "{Part} was applied: {Expected}. There was: {Actual}.")]
    public static partial void QueuePartApplied(ILogger logger, string part, string expected, string actual);

    [LoggerMessage(512, LogLevel.Warning, "{Part} was not applied. {Reason}")]
    public static partial void QueuePartFailed(ILogger logger, string part, string? reason);

    [LoggerMessage(513, LogLevel.Warning, "{Part} was skipped. {Reason}")]
    public static partial void QueuePartSkipped(ILogger logger, string part, string? reason);

    [LoggerMessage(514, LogLevel.Warning, "{Part} differs: {Expected}. There is: {Actual}. {Reason}")]
    public static partial void QueuePartDifferent(ILogger logger, string part, string expected, string actual, string? reason);

    public static void QueuePart(ILogger logger, ProvisioningPart part)
    {
        switch (part.State)
        {
            case ProvisioningState.Applied:
                QueuePartApplied(logger, part.Name, part.Expected, part.Actual);
                break;
            case ProvisioningState.Failed:
                QueuePartFailed(logger, part.Name, part.Reason);
                break;
            case ProvisioningState.Skipped:
                QueuePartSkipped(logger, part.Name, part.Reason);
                break;
            case ProvisioningState.Different:
                QueuePartDifferent(logger, part.Name, part.Expected, part.Actual, part.Reason);
                break;
        }
    }

    public static void BucketPart(ILogger logger, string bucket, ProvisioningPart part)
    {
        switch (part.State)
        {
            case ProvisioningState.Applied:
                BucketPartApplied(logger, part.Name, bucket, part.Expected, part.Actual);
                break;
            case ProvisioningState.Failed:
                BucketPartFailed(logger, part.Name, bucket, part.Reason);
                break;
            case ProvisioningState.RolledBack:
                BucketPartRolledBack(logger, part.Name, bucket, part.Reason);
                break;
            case ProvisioningState.RollbackFailed:
                BucketPartRollbackFailed(logger, part.Name, bucket, part.Reason);
                break;
            case ProvisioningState.Skipped:
                BucketPartSkipped(logger, part.Name, bucket, part.Reason);
                break;
        }

        if (part is { IsWanted: true, State: ProvisioningState.Applied or ProvisioningState.InSync, Reason: { } reason })
        {
            BucketPartWarning(logger, part.Name, bucket, reason);
        }
    }
}
