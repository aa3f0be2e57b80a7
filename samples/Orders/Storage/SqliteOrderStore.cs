using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Orders;

/// <summary>Stores orders in a SQLite file that API and workers on one machine share.</summary>
internal sealed class SqliteOrderStore : IOrderStore
{
    private readonly string _connectionString;

    public SqliteOrderStore(string dataSource)
    {
        EnsureFile(dataSource);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = dataSource, DefaultTimeout = 30 }.ToString();
        using var connection = Open();
        Execute(connection, "PRAGMA journal_mode = WAL");
        Execute(connection, "CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, \"order\" TEXT NOT NULL) WITHOUT ROWID");
    }

    public Task SaveAsync(Order order, CancellationToken cancellationToken)
    {
        using var connection = Open();
        Execute(connection, "INSERT OR IGNORE INTO orders (id, \"order\") VALUES ($id, $order)",
            ("$id", order.Id), ("$order", JsonSerializer.Serialize(order, OrdersJson.Default.Order)));
        return Task.CompletedTask;
    }

    public Task<Order?> FindAsync(string id, CancellationToken cancellationToken)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT \"order\" FROM orders WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        return Task.FromResult(command.ExecuteScalar() is string json ? JsonSerializer.Deserialize(json, OrdersJson.Default.Order) : null);
    }

    // The file contains customers' names, so only this process's user may read it. SQLite gives its side files the same mode.
    private static void EnsureFile(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path))
        {
            return;
        }

        try
        {
            new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process has just created it.
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}
