using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>The database file. It is opened on first use, and created if it does not exist. Other files are refused.</summary>
internal sealed class SqliteDatabase : IAsyncDisposable, IDisposable
{
    // On Linux and macOS, closing a file releases all locks of this process on it, even those of other connections. So only one thread
    // creates the file, and an existing file is never opened here.
    private static readonly Lock _creating = new();

    private readonly Lock _gate = new();

    private readonly IOptions<SqliteOptions> _options;

    private readonly TimeProvider _time;

    private readonly ILogger _logger;

    private readonly FilePresence _presence;

    private Opened? _opened;

    public SqliteDatabase(IOptions<SqliteOptions> options, TimeProvider time, ILogger<SqliteDatabase> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        Path = System.IO.Path.GetFullPath(options.Value.DataSource);
        _presence = new FilePresence(Path, logger);
    }

    /// <summary>Gets the absolute path of the file.</summary>
    public string Path { get; }

    /// <exception cref="OperationStoreException">The file cannot be used, or was lost.</exception>
    public SqliteWriter Writer => Present().Writer;

    /// <exception cref="OperationStoreException">The file cannot be used, or was lost.</exception>
    public SqliteReaders Readers => Present().Readers;

    /// <summary>Gets the key that signs status URLs: the configured key, or the key in the file.</summary>
    public byte[] SigningKey => Open().SigningKey;

    /// <summary>Opens the file if it is not open yet.</summary>
    /// <exception cref="OperationStoreException">The file cannot be used.</exception>
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

    /// <summary>Checks that the file can be written, and that it is still the file at its path.</summary>
    /// <exception cref="OperationStoreException">The file was moved, deleted or replaced, so writes to it are lost.</exception>
    /// <exception cref="SqliteException">The file cannot be written.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        Open().Writer.WriteAsync(session => SqliteSchema.PutCheck(session, _time.GetUtcNow()), cancellationToken);

    /// <summary>Checks that the file is still the file at its path, without writing.</summary>
    /// <exception cref="OperationStoreException">The file was moved, deleted or replaced.</exception>
    public Task CheckPresenceAsync(CancellationToken cancellationToken) => Open().Writer.WriteAsync(_ => 0, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_opened is { } opened)
        {
            await opened.Writer.DisposeAsync().ConfigureAwait(false);
            opened.Readers.Dispose();
        }
    }

    // For containers that are disposed synchronously.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private Opened Present()
    {
        var opened = Open();
        _presence.ThrowIfLost();
        return opened;
    }

    private Opened OpenFile()
    {
        SqliteSession? session = null;
        SqliteWriter? writer = null;
        try
        {
            EnsureFile();
            session = new SqliteSession(Path);
            if (SqliteSchema.WrongWith(session) is { } wrong)
            {
                throw Unusable(wrong);
            }

            UseWriteAheadLog(session);
            writer = new SqliteWriter(session, _presence);
            session = null;
            var opened = new Opened(writer, new SqliteReaders(Path), Prepare(writer));
            writer = null;
            Log.DatabaseOpened(_logger, Path);
            return opened;
        }
        catch (SqliteException unusable)
        {
            throw Unusable($"which cannot be used: {SqliteErrors.Explain(unusable)}", unusable);
        }
        finally
        {
            session?.Dispose();
            writer?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    // Blocks only once per process, when the file is opened.
    private byte[] Prepare(SqliteWriter writer) => writer.WriteAsync(
        session =>
        {
            SqliteSchema.Ensure(session);
            return _options.Value.SigningKey is { } configured
                ? Convert.FromBase64String(configured)
                : SqliteSchema.EnsureSigningKey(session);
        },
        CancellationToken.None).GetAwaiter().GetResult();

    // Only this user may read the file, because it contains the signing key and payloads. SQLite gives its side files the same mode.
    private void EnsureFile()
    {
        if (Directory.Exists(Path))
        {
            throw Unusable("which is a folder. Set it to a file.");
        }

        lock (_creating)
        {
            if (!File.Exists(Path))
            {
                CreateFile();
            }
        }
    }

    private void CreateFile()
    {
        try
        {
            var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(Path, create).Dispose();
        }
        catch (IOException) when (File.Exists(Path))
        {
            // Another process has just created it.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"which cannot be created: {refused.Message} Create its folder and allow this process's user to write there, or "
                + "set it to another file.", refused);
        }
    }

    private void UseWriteAheadLog(SqliteSession session)
    {
        var mode = session.ReadFirst("PRAGMA journal_mode = WAL", row => row.GetString(0));
        if (mode != "wal")
        {
            throw Unusable($"where SQLite cannot use a write-ahead log (the journal mode is still '{mode}'). The file may be on a network "
                + "drive. Set it to a file on a local disk.");
        }

        // Every commit is flushed to the disk, so that accepted operations survive a power failure.
        session.Execute("PRAGMA synchronous = FULL");
    }

    private OperationStoreException Unusable(string why, Exception? cause = null) =>
        new($"{_options.Value.Section}:{nameof(SqliteOptions.DataSource)} is {NamedPath}, {why}", cause);

    private string NamedPath => Path == _options.Value.DataSource ? $"'{Path}'" : $"'{_options.Value.DataSource}' ({Path})";

    internal sealed record Opened(SqliteWriter Writer, SqliteReaders Readers, byte[] SigningKey)
    {
        public override string ToString() => nameof(Opened);
    }
}
