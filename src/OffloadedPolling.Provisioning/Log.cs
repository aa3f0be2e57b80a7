using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Provisioning;

/// <summary>The log messages of this package, with IDs from 500. Event IDs never change their meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(501, LogLevel.Information, "{Part} of {Resource} was applied: {Expected}. Previously: {Actual}.")]
    public static partial void PartApplied(ILogger logger, string part, string resource, string expected, string actual);

    [LoggerMessage(502, LogLevel.Warning, "{Part} of {Resource} was not applied. {Reason}")]
    public static partial void PartFailed(ILogger logger, string part, string resource, string? reason);

    [LoggerMessage(503, LogLevel.Warning, "{Part} of {Resource} was rolled back. {Reason}")]
    public static partial void PartRolledBack(ILogger logger, string part, string resource, string? reason);

    [LoggerMessage(504, LogLevel.Warning, "{Part} of {Resource} was skipped. {Reason}")]
    public static partial void PartSkipped(ILogger logger, string part, string resource, string? reason);

    [LoggerMessage(505, LogLevel.Warning, "{Part} of {Resource} was left unchanged. {Reason}")]
    public static partial void PartWarning(ILogger logger, string part, string resource, string? reason);

    [LoggerMessage(506, LogLevel.Error, "The write and read test of the bucket '{Bucket}' failed. {Probe}")]
    public static partial void BucketProbeFailed(ILogger logger, string bucket, string? probe);

    [LoggerMessage(507, LogLevel.Error, "{Part} of {Resource} was applied but could not be rolled back. {Reason}")]
    public static partial void PartRollbackFailed(ILogger logger, string part, string resource, string? reason);

    [LoggerMessage(508, LogLevel.Warning, "The test object in the bucket '{Bucket}' could not be deleted. {Leftover}")]
    public static partial void BucketProbeObjectLeft(ILogger logger, string bucket, string leftover);

    public static void Parts(ILogger logger, string resource, IEnumerable<ProvisioningPart> parts)
    {
        foreach (var part in parts)
        {
            Action<ILogger, string, string, string?>? log = part.State switch
            {
                ProvisioningState.Applied => (logger, name, resource, _) => PartApplied(logger, name, resource, part.Expected, part.Actual),
                ProvisioningState.Failed => PartFailed,
                ProvisioningState.RolledBack => PartRolledBack,
                ProvisioningState.RollbackFailed => PartRollbackFailed,
                ProvisioningState.Skipped => PartSkipped,
                ProvisioningState.InSync or ProvisioningState.Different when part.Reason is not null => PartWarning,
                _ => null,
            };
            log?.Invoke(logger, part.Name, resource, part.Reason);
        }
    }
}
