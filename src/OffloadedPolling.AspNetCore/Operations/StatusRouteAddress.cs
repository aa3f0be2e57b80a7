using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.AspNetCore;

/// <summary>The address of the signed status route, from the server and the routing table, never from a request.</summary>
internal sealed class StatusRouteAddress(IServiceProvider services) : IStatusRouteAddress
{
    /// <summary>The name of the endpoint that status URLs lead to.</summary>
    public const string EndpointName = "OffloadedPolling.GetStatus";

    private readonly LinkGenerator _links = services.GetRequiredService<LinkGenerator>();

    private readonly IServer? _server = services.GetService<IServer>();

    public Uri? Server => _server?.Features.Get<IServerAddressesFeature>()?.Addresses
        .Select(address => Uri.TryCreate(address, UriKind.Absolute, out var bound) && bound.Host != "unix" ? bound : null)
        .FirstOrDefault(bound => bound is not null);

    public string? GetPath(string id) => _links.GetPathByName(EndpointName, new RouteValueDictionary { ["id"] = id });
}
