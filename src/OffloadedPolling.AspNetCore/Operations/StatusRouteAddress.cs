using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// The address of the signed status route, from the server and the routing table. Only a request's path base is used, never its host.
/// </summary>
internal sealed class StatusRouteAddress(IServiceProvider services) : IStatusRouteAddress
{
    /// <summary>The name of the endpoint of status URLs.</summary>
    public const string EndpointName = "OffloadedPolling.GetStatus";

    private readonly LinkGenerator _links = services.GetRequiredService<LinkGenerator>();

    private readonly IServer? _server = services.GetService<IServer>();

    private readonly IHttpContextAccessor? _current = services.GetService<IHttpContextAccessor>();

    public Uri? Server => _server?.Features.Get<IServerAddressesFeature>()?.Addresses
        .Select(address => Uri.TryCreate(address, UriKind.Absolute, out var bound) && bound.Host != "unix" ? bound : null)
        .FirstOrDefault(bound => bound is not null);

    public string PathBase
    {
        get
        {
            if (_current?.HttpContext is not { } context)
            {
                return "";
            }

            // A prefix that only a proxy knows is not valid at this server.
            var pathBase = context.Request.PathBase.ToUriComponent().TrimEnd('/');
            var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
            return target?.StartsWith(pathBase + "/", StringComparison.OrdinalIgnoreCase) == true ? pathBase : "";
        }
    }

    public string? GetPath(string id) => _links.GetPathByName(EndpointName, new RouteValueDictionary { ["id"] = id });
}
