using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Provisioning;

/// <summary>Everything that this package logs. Event ids never change their meaning: 501 to 509 the bucket, 510 to 519 the queues.</summary>
internal static partial class Log
{
    [LoggerMessage(501, LogLevel.Information, "{Part} of the bucket '{Bucket}' was applied: {ShouldBe}. There was: {Was}.")]
    public static partial void BucketPartApplied(ILogger logger, string part, string bucket, string shouldBe, string was);

    [LoggerMessage(502, LogLevel.Warning, "{Part} of the bucket '{Bucket}' was not applied. {Reason}")]
    public static partial void BucketPartRefused(ILogger logger, string part, string bucket, string? reason);

    [LoggerMessage(503, LogLevel.Warning, "{Part} of the bucket '{Bucket}' made writing or reading fail. {Reason}")]
    public static partial void BucketPartUndone(ILogger logger, string part, string bucket, string? reason);

    [LoggerMessage(504, LogLevel.Warning, "{Part} of the bucket '{Bucket}' is left out. {Reason}")]
    public static partial void BucketPartLeftOut(ILogger logger, string part, string bucket, string? reason);

    [LoggerMessage(505, LogLevel.Warning, "{Part} of the bucket '{Bucket}' stands, but: {Reason}")]
    public static partial void BucketPartWarning(ILogger logger, string part, string bucket, string reason);

    [LoggerMessage(506, LogLevel.Error, "Writing to the bucket '{Bucket}' or reading from it does not work. {Probe}")]
    public static partial void BucketProbeFailed(ILogger logger, string bucket, string? probe);

    [LoggerMessage(507, LogLevel.Error, "{Part} of the bucket '{Bucket}' was applied and is still there, though it should not be. {Reason}")]
    public static partial void BucketPartNotUndone(ILogger logger, string part, string bucket, string? reason);

    [LoggerMessage(508, LogLevel.Warning, "An object that tried the bucket '{Bucket}' is left there. {Leftover}")]
    public static partial void BucketProbeLeft(ILogger logger, string bucket, string leftover);
}
