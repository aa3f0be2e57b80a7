using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>The database file: opened on first use, made where there is none, and refused where it is something else.</summary>
internal sealed class SqliteDatabase(IOptions<SqliteOptions> options, SettingsSection settings, TimeProvider time, ILogger<SqliteDatabase> logger)
    : IAsyncDisposable, IDisposable
{
    // Closing a file drops all locks that this process has on it, those of another host's connections too.
    private static readonly Lock _creating = new();

    private readonly Lock _gate = new();

    private readonly FileMark _mark = new(time);

    // One mark at a time: the next one takes its place.
    private readonly SemaphoreSlim _checking = new(1);

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

    /// <summary>Writes to the file, and reads that back from what lies under its path.</summary>
    /// <exception cref="OperationStoreException">It was deleted or replaced, and what is written now is lost.</exception>
    /// <exception cref="SqliteException">It cannot be written.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        await _checking.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var mark = await Writer.WriteAsync(_mark.Put, cancel).ConfigureAwait(false);
            if (!IsUnderPath(mark))
            {
                throw new OperationStoreException(
                    $"The database file '{Path}' was deleted or replaced while this process had it open: what it writes now is lost. Put the right file there and start this process anew.");
            }
        }
        finally
        {
            _checking.Release();
        }
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

    // With other eyes than those of the connections that are open.
    private bool IsUnderPath(byte[] mark)
    {
        if (!File.Exists(Path))
        {
            return false;
        }

        using var session = new SqliteSession(Path);
        return SqliteSchema.WrongWith(session) is null && _mark.IsIn(session, mark);
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
            writer = new SqliteWriter(session);
            session = null;
            var opened = new Opened(writer, new SqliteReaders(Path), Prepare(writer));
            writer = null;
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
            writer?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    // Once in a process's life: whoever opens the file has to wait for it anyhow.
    private byte[] Prepare(SqliteWriter writer) => writer.WriteAsync(
        session =>
        {
            SqliteSchema.Ensure(session);
            return options.Value.SigningKey is { } configured ? Convert.FromBase64String(configured) : SqliteSchema.EnsureSigningKey(session);
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
        new($"{settings.NameOf("Sqlite:DataSource")} is '{options.Value.DataSource}'{(Path == options.Value.DataSource ? "" : $" ({Path})")}, {why}", cause);

    internal sealed record Opened(SqliteWriter Writer, SqliteReaders Readers, byte[] SigningKey)
    {
        public override string ToString() => nameof(Opened);
    }
}
