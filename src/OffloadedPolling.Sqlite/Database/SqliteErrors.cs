using Microsoft.Data.Sqlite;

namespace OffloadedPolling.Sqlite;

/// <summary>Explains SQLite's errors, and what to do about them.</summary>
/// <remarks>https://www.sqlite.org/rescode.html</remarks>
internal static class SqliteErrors
{
    /// <summary>Returns whether the file caused the error, at a statement or as a whole.</summary>
    public static bool Is(Exception error) => error is SqliteException or OperationStoreException;

    public static OperationStoreException ToStoreException(string doing, string id, string path, SqliteException error) =>
        new($"Could not {doing} '{id}' in '{path}': {Explain(error)}", error) { IsRefusal = IsRefusal(error) };

    public static OperationQueueException ToQueueException(string verb, string kind, string path, Exception error) =>
        new($"Could not {verb} the queue of kind '{kind}' in '{path}': "
            + $"{(error is SqliteException sqlite ? Explain(sqlite) : error.Message)}", error);

    // The statement did not run. After an I/O error, it may have run.
    private static bool IsRefusal(SqliteException error) => error.SqliteErrorCode is 5 or 6 or 8 or 11 or 13 or 14 or 26;

    /// <summary>Returns what is wrong, and what to do.</summary>
    public static string Explain(SqliteException error) => error.SqliteErrorCode switch
    {
        5 or 6 => "another process has locked the file for 10 seconds. Find the process, and check whether it hangs.",
        8 => "the file cannot be written. Allow this process's user to write to it and to its folder.",
        10 => $"reading or writing the disk failed ({error.SqliteExtendedErrorCode}). Check the system log.",
        11 => "the file is damaged. Restore it from a backup, or move it away and start with a new file.",
        13 => "the disk is full. Free some space.",
        14 => "the file cannot be opened. Check that its folder exists, and that this process's user can write there.",
        26 => "the file is not a SQLite database. Set it to another file, or move this file away.",
        _ => $"SQLite returned '{error.Message}'.",
    };
}
