namespace OffloadedPolling.Sqlite;

/// <summary>Settings of the embedded implementation, in the configuration section <c>OffloadedPolling:Sqlite</c>.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// The database file for status documents and messages, made when there is none. Processes on one machine may share it; a network
    /// drive cannot hold it.
    /// </summary>
    /// <value>A path, relative to the process's working directory; <c>offloaded-polling.db</c> unless set.</value>
    public string DataSource { get; set; } = "offloaded-polling.db";

    /// <summary>
    /// Gets or sets what status URLs begin with: the address at which callers reach this host, with the path that stands before the host's
    /// own paths, if there is one.
    /// </summary>
    /// <value>
    /// An absolute URL of http or https, such as <c>https://example.com/shop</c>. <see langword="null"/> by default: the first address that
    /// the server is bound to, with <c>localhost</c> for a wildcard, and the path base of the request. A request's <c>Host</c> header is
    /// never used.
    /// </value>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>The key that status URLs are signed with, the same in all processes that issue or serve them.</summary>
    /// <value>
    /// At least 32 bytes in Base64, as <c>openssl rand -base64 32</c> makes them. <see langword="null"/> unless set: generated on first use
    /// and kept in the database file. A new key makes all URLs issued before invalid.
    /// </value>
    public string? SigningKey { get; set; }

    /// <summary>The full name of the section, for messages.</summary>
    internal string Section { get; set; } = "OffloadedPolling:Sqlite";
}
