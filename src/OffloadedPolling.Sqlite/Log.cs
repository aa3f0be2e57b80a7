using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Sqlite;

/// <summary>Everything that this package logs. Event ids never change their meaning: 7xx.</summary>
internal static partial class Log
{
    [LoggerMessage(701, LogLevel.Information, "Status documents and messages lie in '{Path}'.")]
    public static partial void DatabaseOpened(ILogger logger, string path);

    [LoggerMessage(702, LogLevel.Warning, "Status URLs begin with localhost, since the server is bound to every address ({Authority}). "
        + "Set {Setting} to what callers reach this host by. This is logged once.")]
    public static partial void BoundToWildcard(ILogger logger, string authority, string setting);

    [LoggerMessage(703, LogLevel.Warning, "The messages of kind '{Kind}' could not be counted. Estimates use their last known number "
        + "for a minute, and none after that.")]
    public static partial void QueueDepthUnknown(ILogger logger, string kind, Exception cause);

    [LoggerMessage(704, LogLevel.Warning, "Expired status documents could not be deleted from '{Path}'. Trying again in a minute.")]
    public static partial void ExpiredNotDeleted(ILogger logger, string path, Exception cause);

    [LoggerMessage(705, LogLevel.Critical, "The database file '{Path}' was moved, deleted or replaced while this process had it open. "
        + "All operations are refused, and no work is received. Put the file back, or restart this process.")]
    public static partial void FileLost(ILogger logger, string path);

    [LoggerMessage(706, LogLevel.Information, "The database file '{Path}' is back. Operations are accepted again.")]
    public static partial void FileFound(ILogger logger, string path);
}
