namespace OffloadedPolling.Sqlite;

/// <summary>The settings of the embedded implementation, in the configuration section <c>OffloadedPolling:Sqlite</c>.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// Gets or sets the path of the database file for status documents and messages. The file is created if it does not exist. Processes on
    /// one machine may share it; it must be on a local disk.
    /// </summary>
    /// <value>A path, relative to the working directory of the process; <c>offloaded-polling.db</c> by default.</value>
    public string DataSource { get; set; } = "offloaded-polling.db";

    /// <summary>
    /// Gets or sets the beginning of status URLs: the address by which callers reach this host, with the path in front of the host's own
    /// paths, if there is one.
    /// </summary>
    /// <value>
    /// An absolute URL of http or https, such as <c>https://example.com/shop</c>. <see langword="null"/> by default: the first address that
    /// the server is bound to, with <c>localhost</c> for a wildcard, and the path base of the request. A request's <c>Host</c> header is
    /// never used.
    /// </value>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>Gets or sets the key that signs status URLs. All processes that issue or serve them need the same key.</summary>
    /// <value>
    /// At least 32 bytes in Base64; <c>openssl rand -base64 32</c> makes a key. <see langword="null"/> by default: a key is generated on
    /// first use and kept in the database file. A new key invalidates all URLs issued before.
    /// </value>
    public string? SigningKey { get; set; }

    /// <summary>The full name of the section, for messages.</summary>
    internal string Section { get; set; } = "OffloadedPolling:Sqlite";
}
