namespace OffloadedPolling;

/// <summary>
/// A route on which the host itself serves status documents, for a store that callers cannot reach. If a route is registered,
/// <c>MapOperations</c> maps it, and the status URLs point to it.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST check only the signature of a URL, in constant time, before they look up the document. Otherwise, a caller without a valid
/// URL could learn which operations exist;</item>
/// <item>MUST accept URLs that were issued before a restart.</item>
/// </list>
/// </remarks>
public interface ISignedStatusRoute
{
    /// <summary>Sets the address of the route. The host calls this method once, when it maps the route.</summary>
    /// <param name="address">The address. It is read each time a URL is issued.</param>
    void MapTo(IStatusRouteAddress address);

    /// <summary>Checks a request's URL.</summary>
    /// <param name="id">The operation's ID from the path; any text.</param>
    /// <param name="query">The query as it was sent, including the question mark; empty if there is none.</param>
    /// <returns>A value that indicates whether the URL opens this operation's document.</returns>
    StatusUrlValidity Check(string id, string query);

    /// <summary>Reads a document whose URL <see cref="Check"/> found valid.</summary>
    /// <param name="id">The operation's ID.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The document as it is stored, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    ValueTask<ServedStatusDocument?> ReadAsync(string id, CancellationToken cancellationToken);
}

/// <summary>The address of an <see cref="ISignedStatusRoute"/>.</summary>
public interface IStatusRouteAddress
{
    /// <summary>Gets the first address that the server is bound to, which may be a wildcard such as <c>http://[::]:8080</c>.</summary>
    /// <value><see langword="null"/> before the server has started, or if it listens only on a socket file.</value>
    Uri? Server { get; }

    /// <summary>Gets the path base of the current request, as the server received it: <c>/api</c>.</summary>
    /// <value>Escaped, without a trailing slash. Empty outside a request, and if the request has no path base.</value>
    string PathBase { get; }

    /// <summary>Returns the path of one operation's document at the host, with a leading slash and without a path base.</summary>
    /// <param name="id">The operation's ID.</param>
    /// <returns>The path; <see langword="null"/> if the route needs values that are not known outside a request.</returns>
    string? GetPath(string id);
}

/// <summary>The result of checking a status URL.</summary>
public enum StatusUrlValidity
{
    /// <summary>This host did not sign the URL for this document: it is forged, altered or unsigned.</summary>
    Invalid,

    /// <summary>The signature is valid, but the URL has expired.</summary>
    Expired,

    /// <summary>The signature is valid, and the URL has not expired.</summary>
    Valid,
}

/// <summary>A status document as a host serves it.</summary>
/// <param name="Utf8Json">The document's bytes.</param>
/// <param name="Version">The version, which becomes the <c>ETag</c>, without quotes.</param>
public sealed record ServedStatusDocument(ReadOnlyMemory<byte> Utf8Json, string Version);
