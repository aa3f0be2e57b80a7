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

    /// <summary>What status URLs begin with: the address at which callers reach this host, with its path base if there is one.</summary>
    /// <value>
    /// An absolute URL of http or https, such as <c>https://orders.example.com</c>. <see langword="null"/> unless set: the first address that
    /// the server is bound to, with <c>localhost</c> for a wildcard. Never what a request's <c>Host</c> header says. If the URL has no
    /// path, responses insert the path base of <c>UsePathBase</c>. A prefix that a proxy strips must be part of the URL.
    /// </value>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>The key that status URLs are signed with, the same in all processes that issue or serve them.</summary>
    /// <value>
    /// At least 32 bytes in Base64, as <c>openssl rand -base64 32</c> makes them. <see langword="null"/> unless set: generated on first use
    /// and kept in the database file. A new key makes all URLs issued before invalid.
    /// </value>
    public string? SigningKey { get; set; }
}
