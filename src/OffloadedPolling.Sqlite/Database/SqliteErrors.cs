using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace OffloadedPolling.Sqlite;

/// <summary>Explains SQLite's errors, and what to do about them.</summary>
/// <remarks>https://www.sqlite.org/rescode.html</remarks>
internal static class SqliteErrors
{
    /// <summary>Returns whether the error is a failure of the database file.</summary>
    public static bool Is(Exception error) => error is SqliteException or OperationStoreException;

    public static OperationStoreException ToStoreException(string doing, string id, string path, SqliteException error) =>
        new($"Could not {doing} '{id}' in '{path}': {Explain(error)}", error) { IsRefusal = IsRefusal(error) };

    public static OperationQueueException ToQueueException(string verb, string kind, string path, Exception error)
    {
        var why = error is SqliteException sqlite ? Explain(sqlite) : error.Message;
        return new($"Could not {verb} the queue of kind '{kind}' in '{path}': {why}", error);
    }

    // The statement did not run. After an I/O error, it may have run.
    private static bool IsRefusal(SqliteException error) => error.SqliteErrorCode is SQLITE_BUSY or SQLITE_LOCKED or SQLITE_READONLY
        or SQLITE_CORRUPT or SQLITE_FULL or SQLITE_CANTOPEN or SQLITE_NOTADB;

    /// <summary>Returns what is wrong, and what to do.</summary>
    public static string Explain(SqliteException error) => error.SqliteErrorCode switch
    {
        SQLITE_BUSY or SQLITE_LOCKED =>
            "another process has locked the file for 10 seconds. Find the process, and check whether it hangs.",
        SQLITE_READONLY => "the file cannot be written. Allow this process's user to write to it and to its folder.",
        SQLITE_IOERR => $"reading or writing the disk failed ({error.SqliteExtendedErrorCode}). Check the system log.",
        SQLITE_CORRUPT => "the file is damaged. Restore it from a backup, or move it away and start with a new file.",
        SQLITE_FULL => "the disk is full. Free some space.",
        SQLITE_CANTOPEN => "the file cannot be opened. Check that its folder exists, and that this process's user can write there.",
        SQLITE_NOTADB => "the file is not a SQLite database. Set DataSource to another file, or move this file away.",
        _ => $"SQLite returned '{error.Message}'.",
    };
}
