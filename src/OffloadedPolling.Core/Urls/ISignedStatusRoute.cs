namespace OffloadedPolling;

/// <summary>
/// Status documents that callers get from the host itself: for a store that callers cannot reach. Where one is registered,
/// <c>MapOperations</c> maps a route for it, and its status URLs point to that route.
/// </summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST judge a URL by its signature alone, in constant time, before they look whether its document exists: who holds no rightly
/// signed URL learns nothing of which there are;</item>
/// <item>MUST keep URLs that were issued before a restart working after it.</item>
/// </list>
/// </remarks>
public interface ISignedStatusRoute
{
    /// <summary>Tells where the route is. Called once, when it is mapped.</summary>
    /// <param name="address">Asked when URLs are issued.</param>
    void MapTo(IStatusRouteAddress address);

    /// <summary>Judges a request's URL.</summary>
    /// <param name="id">The operation's id as it stands in the path; any text.</param>
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
