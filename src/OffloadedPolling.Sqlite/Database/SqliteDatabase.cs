using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>The database file: opened on first use, made where there is none, and refused where it is something else.</summary>
internal sealed class SqliteDatabase : IAsyncDisposable, IDisposable
{
    // Closing a file drops all locks that this process has on it, those of another host's connections too.
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

    /// <summary>The file's absolute path.</summary>
    public string Path { get; }

    /// <exception cref="OperationStoreException">The file cannot be used, or was lost.</exception>
    public SqliteWriter Writer => Present().Writer;

    /// <exception cref="OperationStoreException">The file cannot be used, or was lost.</exception>
    public SqliteReaders Readers => Present().Readers;

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

    /// <summary>Checks that the file can be written, and that it is still the one under its path.</summary>
    /// <exception cref="OperationStoreException">It was moved, deleted or replaced, and what is written now is lost.</exception>
    /// <exception cref="SqliteException">It cannot be written.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        Open().Writer.WriteAsync(session => SqliteSchema.PutCheck(session, _time.GetUtcNow()), cancellationToken);

    /// <summary>Checks that the file is still the one under its path, without writing.</summary>
    /// <exception cref="OperationStoreException">It was moved, deleted or replaced.</exception>
    public Task CheckPresenceAsync(CancellationToken cancellationToken) => Open().Writer.WriteAsync(_ => 0, cancellationToken);

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

    // Once in a process's life: whoever opens the file has to wait for it anyhow.
    private byte[] Prepare(SqliteWriter writer) => writer.WriteAsync(
        session =>
        {
            SqliteSchema.Ensure(session);
            return _options.Value.SigningKey is { } configured
                ? Convert.FromBase64String(configured)
                : SqliteSchema.EnsureSigningKey(session);
        },
        CancellationToken.None).GetAwaiter().GetResult();

    // It holds the signing key and the payloads: no other user of the machine has to read it. SQLite gives its side files the same mode.
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
            // Another process was faster.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"which cannot be made: {refused.Message} Make its folder and allow this process's user to write there, or "
                + "set it to another file.", refused);
        }
    }

    private void UseWriteAheadLog(SqliteSession session)
    {
        var mode = session.ReadFirst("PRAGMA journal_mode = WAL", row => row.GetString(0));
        if (mode != "wal")
        {
            throw Unusable($"where SQLite cannot keep a write-ahead log (its journal mode stays '{mode}'), as on a network drive. Set "
                + "it to a file on a local disk.");
        }

        // Every commit is flushed to the disk before it counts: what was accepted survives a power cut.
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
