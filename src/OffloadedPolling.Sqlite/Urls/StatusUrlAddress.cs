using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>Where the host serves status documents, as callers reach it: what status URLs say before their query.</summary>
internal sealed class StatusUrlAddress(IOptions<SqliteOptions> options, ILogger<StatusUrlAddress> logger)
{
    private const string Unmapped =
        "This host serves no status documents. Call app.MapOperations(\"/operations\") in the process that accepts operations.";

    private int _wildcardLogged;

    private int _unmapped;

    /// <summary>The route, once it is mapped.</summary>
    public IStatusRouteAddress? Route { get; set; }

    /// <summary>Why operations could not be accepted, or <see langword="null"/> if none was refused for want of a route.</summary>
    public string? Problem => Volatile.Read(ref _unmapped) == 0 || Route is not null ? null : Unmapped;

    private string NameOfPublicUrl => $"{options.Value.Section}:{nameof(SqliteOptions.PublicBaseUrl)}";

    /// <exception cref="StatusUrlException">The host serves no documents, or is not known to be anywhere.</exception>
    public string Of(string id)
    {
        if (Route is not { } route)
        {
            Volatile.Write(ref _unmapped, 1);
            throw new StatusUrlException($"No status URL could be made. {Unmapped}");
        }

        var path = route.GetPath(id) ?? throw new StatusUrlException(
            "No status URL could be made: MapOperations stands below a route with parameters, whose values are not known here. " +
            "Map it at a path without parameters.");
        // The public URL says all of what callers put before the path; the server's own address lacks the path base.
        return options.Value.PublicBaseUrl is { } publicUrl ? Start(publicUrl) + path : Start(Bound(route.Server)) + route.PathBase + path;
    }

    private static string Start(Uri url) => url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    private Uri Bound(Uri? server)
    {
        if (server is null)
        {
            throw new StatusUrlException(
                $"No status URL could be made: the server is not bound to an HTTP address yet. "
                + $"Set {NameOfPublicUrl} to the address by which callers reach this host.");
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
