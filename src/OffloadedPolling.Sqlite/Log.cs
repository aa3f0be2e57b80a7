using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Sqlite;

/// <summary>The log events of this package: 7xx. Event IDs never change their meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(701, LogLevel.Information, "Status documents and messages are stored in '{Path}'.")]
    public static partial void DatabaseOpened(ILogger logger, string path);

    [LoggerMessage(702, LogLevel.Warning, "Status URLs start with localhost, because the server is bound to every address "
        + "({Authority}). Set {Setting} to the URL at which callers reach this host. This is logged once.")]
    public static partial void BoundToWildcard(ILogger logger, string authority, string setting);

    [LoggerMessage(703, LogLevel.Warning, "The messages of kind '{Kind}' could not be counted. Estimates use the last known "
        + "number for one minute, and ignore the queue after that.")]
    public static partial void QueueDepthUnknown(ILogger logger, string kind, Exception cause);

    [LoggerMessage(704, LogLevel.Warning, "Expired status documents could not be deleted from '{Path}'. The next attempt is "
        + "in one minute.")]
    public static partial void ExpiredNotDeleted(ILogger logger, string path, Exception cause);

    [LoggerMessage(705, LogLevel.Critical, "The database file '{Path}' was moved, deleted or replaced while this process had it open. "
        + "All operations are refused, and no messages are received. Put the file back, or restart this process.")]
    public static partial void FileLost(ILogger logger, string path);

    [LoggerMessage(706, LogLevel.Information, "The database file '{Path}' is back. Operations are accepted again.")]
    public static partial void FileFound(ILogger logger, string path);
}
