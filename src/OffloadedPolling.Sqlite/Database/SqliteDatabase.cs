using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>The database file: opened on first use, made where there is none, and refused where it is something else.</summary>
internal sealed class SqliteDatabase(IOptions<SqliteOptions> options, SettingsSection settings, ILogger<SqliteDatabase> logger)
    : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();

    private Opened? _opened;

    /// <summary>The file's absolute path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(options.Value.DataSource);

    public SqliteWriter Writer => Open().Writer;

    public SqliteReaders Readers => Open().Readers;

    /// <summary>The key that status URLs are signed with: the configured one, or that of the file.</summary>
    public byte[] SigningKey => Open().SigningKey;

    /// <summary>Opens the file if it is not open yet.</summary>
    /// <exception cref="OperationStoreException">It cannot be used; the message names the setting and says what to do.</exception>
    public Opened Open()
    {
        if (Volatile.Read(ref _opened) is { } opened)
        {
            return opened;
        }

        lock (_gate)
        {
            return _opened ??= OpenFile();
        }
    }

    /// <summary>Sees whether the file is still there and can be written.</summary>
    public async Task CheckAsync(CancellationToken cancel)
    {
        if (!File.Exists(Path))
        {
            throw new OperationStoreException($"The database file '{Path}' is gone. Put it back, or start this process anew to begin with an empty one.");
        }

        // The transaction around it is what is asked for.
        await Writer.WriteAsync(_ => 0, cancel).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_opened is { } opened)
        {
            await opened.Writer.DisposeAsync().ConfigureAwait(false);
            opened.Readers.Dispose();
        }
    }

    // For containers that are disposed of without await.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private Opened OpenFile()
    {
        SqliteSession? session = null;
        try
        {
            EnsureFile();
            session = new SqliteSession(Path);
            if (SqliteSchema.WrongWith(session) is { } wrong)
            {
                throw Unusable(wrong);
            }

            UseWriteAheadLog(session);
            SqliteSchema.Ensure(session);
            var key = options.Value.SigningKey is { } configured ? Convert.FromBase64String(configured) : SqliteSchema.EnsureSigningKey(session);
            var opened = new Opened(new SqliteWriter(session), new SqliteReaders(Path), key);
            session = null;
            Log.DatabaseOpened(logger, Path);
            return opened;
        }
        catch (SqliteException unusable)
        {
            throw Unusable($"which cannot be used: {SqliteErrors.Explain(unusable)}", unusable);
        }
        finally
        {
            session?.Dispose();
        }
    }

    // It holds the signing key and the payloads: no other user of the machine has to read it. SQLite gives its side files the same mode.
    private void EnsureFile()
    {
        if (Directory.Exists(Path))
        {
            throw Unusable("which is a folder. Set it to a file.");
        }

        if (File.Exists(Path))
        {
            return;
        }

        try
        {
            var create = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(Path, create).Dispose();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"which cannot be made: {refused.Message} Make its folder and allow this process's user to write there, or set it to another file.", refused);
        }
    }

    private void UseWriteAheadLog(SqliteSession session)
    {
        var mode = session.ReadFirst("PRAGMA journal_mode = WAL", row => row.GetString(0));
        if (mode != "wal")
        {
            throw Unusable($"where SQLite cannot keep a write-ahead log (its journal mode stays '{mode}'), as on a network drive. Set it to a file on a local disk.");
        }

        // Every commit is flushed to the disk before it counts: what was accepted survives a power cut.
        session.Execute("PRAGMA synchronous = FULL");
    }

    private OperationStoreException Unusable(string why, Exception? cause = null) =>
        new($"{settings.NameOf("Sqlite:DataSource")} is '{options.Value.DataSource}' ({Path}), {why}", cause);

    internal sealed record Opened(SqliteWriter Writer, SqliteReaders Readers, byte[] SigningKey);
}
