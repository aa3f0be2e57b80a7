using Microsoft.Data.Sqlite;

namespace OffloadedPolling.Sqlite;

/// <summary>What SQLite's refusals mean, and what to do about them.</summary>
/// <remarks>https://www.sqlite.org/rescode.html</remarks>
internal static class SqliteErrors
{
    /// <summary>Whether it is the file that failed: at a statement, or as a whole.</summary>
    public static bool Is(Exception error) => error is SqliteException or OperationStoreException;

    public static OperationStoreException ToStoreException(string doing, string id, string path, SqliteException error) =>
        new($"Could not {doing} '{id}' in '{path}': {Explain(error)}", error) { IsRefusal = IsRefusal(error) };

    public static OperationQueueException ToQueueException(string verb, string kind, string path, Exception error) =>
        new($"Could not {verb} the queue of kind '{kind}' in '{path}': "
            + $"{(error is SqliteException sqlite ? Explain(sqlite) : error.Message)}", error);

    // The statement was not carried out. After an I/O error it may have been.
    private static bool IsRefusal(SqliteException error) => error.SqliteErrorCode is 5 or 6 or 8 or 11 or 13 or 14 or 26;

    /// <summary>What is wrong, and what to do.</summary>
    public static string Explain(SqliteException error) => error.SqliteErrorCode switch
    {
        5 or 6 => "another process has held the file for ten seconds. See which one, and whether it hangs.",
        8 => "the file cannot be written. Allow this process's user to write to it and to its folder.",
        10 => $"reading or writing the disk failed ({error.SqliteExtendedErrorCode}). See the system's log.",
        11 => "the file is damaged. Restore it from a backup, or move it away and begin with a new one.",
        13 => "the disk is full. Free some space.",
        14 => "the file cannot be opened. See whether its folder exists, and whether this process's user may write there.",
        26 => "the file is no SQLite database. Set it to another file, or move that one away.",
        _ => $"SQLite says '{error.Message}'.",
    };
}
