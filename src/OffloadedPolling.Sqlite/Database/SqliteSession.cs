using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace OffloadedPolling.Sqlite;

/// <summary>A connection with its prepared statements. Not thread-safe.</summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>How long to wait for a file that another process has locked.</summary>
    public static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    private readonly SqliteConnection _connection;

    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    private DocumentStatement? _documents;

    public SqliteSession(string path)
    {
        var connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            // SqliteDatabase creates the file with the right permissions.
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
        };
        _connection = new SqliteConnection(connectionString.ToString());
        try
        {
            _connection.Open();
            // SQLite itself waits with short sleeps. The ADO.NET provider would sleep for 150 ms at a time.
            Execute($"PRAGMA busy_timeout = {BusyTimeout.TotalMilliseconds}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SQLitePCL.sqlite3 Handle => _connection.Handle!;

    public DocumentStatement Documents => _documents ??= new DocumentStatement(_connection);

    /// <summary>Begins a write transaction, or returns <see langword="false"/> without waiting if another process has one.</summary>
    public bool TryBeginImmediate()
    {
        sqlite3_busy_timeout(_connection.Handle, 0);
        var result = sqlite3_exec(_connection.Handle, "BEGIN IMMEDIATE");
        sqlite3_busy_timeout(_connection.Handle, (int)BusyTimeout.TotalMilliseconds);
        if (result == SQLITE_BUSY)
        {
            return false;
        }

        SqliteException.ThrowExceptionForRC(result, _connection.Handle);
        return true;
    }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Returns the first row, or the default value if there is none.</summary>
    public T? ReadFirst<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    /// <summary>Runs a statement to completion and returns all rows.</summary>
    public List<T> ReadAll<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public void Dispose()
    {
        _documents?.Dispose();
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in values)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            _commands.Add(sql, command);
        }

        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index].Value ?? DBNull.Value;
        }

        return command;
    }
}
