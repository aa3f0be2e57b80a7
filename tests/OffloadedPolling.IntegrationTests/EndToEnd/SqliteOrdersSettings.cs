namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Settings of Orders processes on SQLite that share a folder.</summary>
internal sealed class SqliteOrdersSettings : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orders-sqlite-").FullName;

    public string DataSource => Path.Combine(_folder, "polling.db");

    /// <summary>All files in the folder, including those of both databases.</summary>
    public IReadOnlyList<string> Files => Directory.GetFiles(_folder);

    /// <summary>Writes a file into the folder and returns its path.</summary>
    public string PutFile(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public Dictionary<string, string> For(string role = "All", string processingTime = "00:00:00.05") => new()
    {
        ["OffloadedPolling__Sqlite__DataSource"] = DataSource,
        ["Orders__DataSource"] = Path.Combine(_folder, "orders.db"),
        ["Orders__ProcessingTime"] = processingTime,
        ["Orders__Role"] = role,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
