using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Checks that the open file is still the file at its path. A file that is moved, deleted or replaced accepts writes, but they are lost.
/// </summary>
internal sealed partial class FilePresence(string path, ILogger logger)
{
    private const string Library = "e_sqlite3";

    private const DllImportSearchPath SearchPath = DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.ApplicationDirectory;

    // https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlhasmoved
    private const int HasMoved = 20;

    // A host may use another build of SQLite. Its connections must not be passed to functions of this build.
    private static readonly bool _canAsk = raw.GetNativeLibraryName() == Library
        && NativeLibrary.TryLoad(Library, typeof(FilePresence).Assembly, SearchPath, out _);

    private int _lost;

    /// <summary>Throws if the file is known to be lost, or does not exist at its path.</summary>
    /// <exception cref="OperationStoreException">The file is lost.</exception>
    public void ThrowIfLost()
    {
        if (Volatile.Read(ref _lost) != 0 || !File.Exists(path))
        {
            throw Lose(isRefusal: true);
        }
    }

    /// <summary>Throws if the connection's file is no longer the file at its path.</summary>
    /// <param name="connection">An open connection that no other thread is using.</param>
    /// <param name="isRefusal">Whether nothing was written yet.</param>
    /// <exception cref="OperationStoreException">The file is lost.</exception>
    public void Check(sqlite3 connection, bool isRefusal)
    {
        if (!File.Exists(path) || (_canAsk && FileControl(connection, 0, HasMoved, out var moved) == raw.SQLITE_OK && moved != 0))
        {
            throw Lose(isRefusal);
        }

        if (Interlocked.Exchange(ref _lost, 0) != 0)
        {
            Log.FileFound(logger, path);
        }
    }

    private OperationStoreException Lose(bool isRefusal)
    {
        if (Interlocked.Exchange(ref _lost, 1) == 0)
        {
            Log.FileLost(logger, path);
        }

        return new OperationStoreException(
            $"The database file '{path}' was moved, deleted or replaced while this process had it open. " +
            "Put the file back, or restart this process.")
        {
            IsRefusal = isRefusal,
        };
    }

    // A null database name means the main database.
    [LibraryImport(Library, EntryPoint = "sqlite3_file_control")]
    [DefaultDllImportSearchPaths(SearchPath)]
    private static partial int FileControl(sqlite3 connection, nint database, int operation, out int result);
}
