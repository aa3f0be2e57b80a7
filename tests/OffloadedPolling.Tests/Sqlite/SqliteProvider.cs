using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Conformance;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>The SQLite provider, with its own file.</summary>
public sealed class SqliteProvider : IProvider
{
    private readonly string _folder = Directory.CreateTempSubdirectory("offloaded-polling-").FullName;

    public string DataSource => Path.Combine(_folder, "polling.db");

    public Task PrepareAsync() => Task.CompletedTask;

    public void Choose(IOffloadedPollingBuilder builder) => builder.WithSqlite(sqlite => sqlite.DataSource = DataSource);

    public void Configure(string kind, OperationOptions options)
    {
    }

    public async Task PutDocumentAsync(string statusKey, string body) => await ExecuteAsync(
        "INSERT INTO documents (id, version, expires_at, document) VALUES ($id, 'x', 9e15, CAST($body AS BLOB))", ("$id", statusKey),
        ("$body", body));

    public async Task DeleteDocumentAsync(string statusKey) =>
        await ExecuteAsync("DELETE FROM documents WHERE id = $id", ("$id", statusKey));

    public async Task<int> CountDocumentsAsync() => Convert.ToInt32(await ExecuteAsync("SELECT count(*) FROM documents"), null);

    public async Task<int> CountMessagesAsync(string kind) =>
        Convert.ToInt32(await ExecuteAsync("SELECT count(*) FROM messages WHERE kind = $kind", ("$kind", kind)), null);

    /// <summary>Runs a statement without the library, as another program would.</summary>
    public async Task<object?> ExecuteAsync(string sql, params (string Name, object Value)[] values)
    {
        await using var connection = new SqliteConnection($"Data Source={DataSource};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return await command.ExecuteScalarAsync();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
