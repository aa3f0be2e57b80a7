namespace OffloadedPolling;

/// <summary>
/// A route by which the host itself serves status documents, for a store that callers cannot reach. If one is registered,
/// <c>MapOperations</c> maps it, and the store's status URLs lead to it.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>
/// MUST check only a URL's signature, in constant time, before they find out whether the document exists, so that a caller without a valid
/// URL does not learn which operations exist;
/// </item>
/// <item>MUST accept URLs that were issued before a restart.</item>
/// </list>
/// </remarks>
public interface ISignedStatusRoute
{
    /// <summary>Sets the address of the route. It is called once, when the route is mapped.</summary>
    /// <param name="address">The address, which is read when URLs are issued.</param>
    void MapTo(IStatusRouteAddress address);

    /// <summary>Checks a request's URL.</summary>
    /// <param name="id">The operation's id as it is in the path; any text.</param>
    /// <param name="query">The query as it was sent, with its question mark; empty if there was none.</param>
    /// <returns>Whether the URL opens this operation's document.</returns>
    StatusUrlValidity Check(string id, string query);

    /// <summary>Reads a document, after <see cref="Check"/> has found the URL valid.</summary>
    /// <param name="id">The operation's id.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The document as it is stored, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="OperationStoreException">The store could not be read.</exception>
    ValueTask<ServedStatusDocument?> ReadAsync(string id, CancellationToken cancellationToken);
}

/// <summary>The address of an <see cref="ISignedStatusRoute"/>.</summary>
public interface IStatusRouteAddress
{
    /// <summary>Gets the first address that the server is bound to, which may be a wildcard such as <c>http://[::]:8080</c>.</summary>
    /// <value><see langword="null"/> before the server has started, or if it is bound only to a socket file.</value>
    Uri? Server { get; }

    /// <summary>Gets the path base of the current request, as the server received it: <c>/api</c>.</summary>
    /// <value>Escaped, without a trailing slash. Empty outside a request, and if the request has no path base.</value>
    string PathBase { get; }

    /// <summary>Returns the path of one operation's document at the host, with a leading slash and without a path base.</summary>
    /// <param name="id">The operation's id.</param>
    /// <returns>The path; <see langword="null"/> if the route needs values that are not known outside a request.</returns>
    string? GetPath(string id);
}

/// <summary>The result of checking a status URL that the host has signed, or may have signed.</summary>
public enum StatusUrlValidity
{
    /// <summary>This host did not sign it for this document: it is forged, altered, or unsigned.</summary>
    Invalid,

    /// <summary>The signature is right, but the URL has expired.</summary>
    Expired,

    /// <summary>The signature is right, and the URL has not expired.</summary>
    Valid,
}

/// <summary>A status document as a host serves it.</summary>
/// <param name="Utf8Json">The document's bytes.</param>
/// <param name="Version">The version, which becomes the <c>ETag</c>, without quotes.</param>
public sealed record ServedStatusDocument(ReadOnlyMemory<byte> Utf8Json, string Version);
