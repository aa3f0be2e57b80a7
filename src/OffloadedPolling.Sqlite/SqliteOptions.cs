namespace OffloadedPolling.Sqlite;

/// <summary>Settings of the embedded implementation, in the configuration section <c>OffloadedPolling:Sqlite</c>.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// Gets or sets the path of the database file for status documents, messages and duration profiles. The file is created if it does not
    /// exist. It must be on a local disk. Processes on one machine can share it.
    /// </summary>
    /// <value>A path, relative to the working directory of the process. The default is <c>offloaded-polling.db</c>.</value>
    public string DataSource { get; set; } = "offloaded-polling.db";

    /// <summary>
    /// Gets or sets the base URL of status URLs: the URL at which callers reach this host, including a path prefix if there is one.
    /// </summary>
    /// <value>
    /// An absolute http or https URL, such as <c>https://example.com/shop</c>. By default, it is the first address that the server is bound
    /// to, with <c>localhost</c> for a wildcard, and the path base of the request. The <c>Host</c> header of a request is never used.
    /// </value>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>Gets or sets the key that signs status URLs. All processes that issue or serve them need the same key.</summary>
    /// <value>
    /// At least 32 bytes in Base64. To create a key, run <c>openssl rand -base64 32</c>. By default, a key is generated on first use and
    /// stored in the database file. A new key invalidates all existing URLs.
    /// </value>
    public string? SigningKey { get; set; }

    /// <summary>Gets or sets the full name of the configuration section, for messages.</summary>
    internal string Section { get; set; } = "OffloadedPolling:Sqlite";
}
