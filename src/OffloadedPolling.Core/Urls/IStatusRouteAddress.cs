namespace OffloadedPolling;

/// <summary>Where the route of an <see cref="ISignedStatusRoute"/> is to be found.</summary>
public interface IStatusRouteAddress
{
    /// <summary>
    /// The first address of a network that the server is bound to, which may be a wildcard such as <c>http://[::]:8080</c>.
    /// </summary>
    /// <value><see langword="null"/> before the server has started, or where it is bound to none, but a socket file.</value>
    Uri? Server { get; }

    /// <summary>Gets the path base of the current request, as the server received it: <c>/api</c>.</summary>
    /// <value>Escaped, without a trailing slash. Empty outside a request, and if the request has no path base.</value>
    string PathBase { get; }

    /// <summary>The path of one operation's document at the host, from its leading slash on, without a path base.</summary>
    /// <param name="id">The operation's id.</param>
    /// <returns>The path; <see langword="null"/> if the route needs values that are not known outside a request.</returns>
    string? GetPath(string id);
}
