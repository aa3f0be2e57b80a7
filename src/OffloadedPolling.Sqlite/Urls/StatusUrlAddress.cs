using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>Where the host serves status documents, as callers reach it: what status URLs say before their query.</summary>
internal sealed class StatusUrlAddress(IOptions<SqliteOptions> options, SettingsSection settings, ILogger<StatusUrlAddress> logger)
{
    private int _wildcardLogged;

    /// <summary>The route, once it is mapped.</summary>
    public IStatusRouteAddress? Route { get; set; }

    /// <exception cref="StatusUrlException">The host serves no documents, or is not known to be anywhere.</exception>
    public string Of(string id)
    {
        var path = Route is { } route
            ? route.GetPath(id) ?? throw new StatusUrlException(
                "No status URL could be made: MapOperations stands below a route with parameters, whose values are not known here. Map it at a path without parameters.")
            : throw new StatusUrlException(
                "No status URL could be made: this host serves no status documents. Call app.MapOperations(\"/operations\") in the process that accepts operations.");
        return (options.Value.PublicBaseUrl ?? Bound(route.Server)).GetLeftPart(UriPartial.Path).TrimEnd('/') + path;
    }

    private Uri Bound(Uri? server)
    {
        if (server is null)
        {
            throw new StatusUrlException(
                $"No status URL could be made: the server is bound to no address of HTTP yet. Set {settings.NameOf("Sqlite:PublicBaseUrl")} to what callers reach this host by.");
        }

        if (!IPAddress.TryParse(server.Host, out var address) || !(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            return server;
        }

        if (Interlocked.Exchange(ref _wildcardLogged, 1) == 0)
        {
            Log.BoundToWildcard(logger, server.Authority, settings.NameOf("Sqlite:PublicBaseUrl"));
        }

        return new UriBuilder(server) { Host = "localhost" }.Uri;
    }
}
