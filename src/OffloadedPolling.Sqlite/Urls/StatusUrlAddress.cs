using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>Creates status URLs without their query, for the address at which callers reach the host.</summary>
internal sealed class StatusUrlAddress(IOptions<SqliteOptions> options, ILogger<StatusUrlAddress> logger)
{
    private const string Unmapped =
        "This host does not serve status documents. Call app.MapOperations(\"/operations\") in the process that accepts operations.";

    private int _wildcardLogged;

    private int _unmapped;

    /// <summary>Gets or sets the route, once it is mapped.</summary>
    public IStatusRouteAddress? Route { get; set; }

    /// <summary>Gets the problem of a missing route, or <see langword="null"/> if no operation was refused because of it.</summary>
    public string? Problem => Volatile.Read(ref _unmapped) == 0 || Route is not null ? null : Unmapped;

    private string NameOfPublicUrl => $"{options.Value.Section}:{nameof(SqliteOptions.PublicBaseUrl)}";

    /// <exception cref="StatusUrlException">The host does not serve documents, or its address is unknown.</exception>
    public string GetUrl(string id)
    {
        if (Route is not { } route)
        {
            Volatile.Write(ref _unmapped, 1);
            throw new StatusUrlException($"No status URL could be created. {Unmapped}");
        }

        var path = route.GetPath(id) ?? throw new StatusUrlException(
            "No status URL could be created: the pattern of MapOperations has route parameters, whose values are unknown. " +
            "Use a pattern without parameters.");
        // The public URL includes everything before the path. The server's own address lacks the path base.
        return options.Value.PublicBaseUrl is { } publicUrl ? Start(publicUrl) + path : Start(Bound(route.Server)) + route.PathBase + path;
    }

    private static string Start(Uri url) => url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    private Uri Bound(Uri? server)
    {
        if (server is null)
        {
            throw new StatusUrlException(
                $"No status URL could be created: the server is not bound to an HTTP address yet. "
                + $"Set {NameOfPublicUrl} to the URL at which callers reach this host.");
        }

        if (!IPAddress.TryParse(server.Host, out var address) || !(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            return server;
        }

        if (Interlocked.Exchange(ref _wildcardLogged, 1) == 0)
        {
            Log.BoundToWildcard(logger, server.Authority, NameOfPublicUrl);
        }

        return new UriBuilder(server) { Host = "localhost" }.Uri;
    }
}
