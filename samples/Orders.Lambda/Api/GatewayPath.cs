using Microsoft.AspNetCore.Routing.Patterns;

namespace Orders.Lambda;

/// <summary>Splits a path into what API Gateway puts before the API's own paths, the path base, and the remaining path.</summary>
/// <remarks>
/// An HTTP API has its stage in the path, unless that is <c>$default</c>. A REST API has it in <c>requestContext.path</c> only. A custom
/// domain's base path is in both, and no event names it: it is what comes before the first segment of a route.
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
/// </remarks>
internal sealed class GatewayPath(EndpointDataSource endpoints)
{
    // Not before the first request: the routes are mapped by then.
    private readonly Lazy<HashSet<string>> _firstSegments = new(() => new(
        endpoints.Endpoints.OfType<RouteEndpoint>().Select(FirstSegment).OfType<string>(), StringComparer.OrdinalIgnoreCase));

    /// <summary>Returns the path base, which may be empty, and the path that the routes match, both still escaped.</summary>
    public (string PathBase, string Path) Split(GatewayEvent received)
    {
        var path = (received.IsVersion2 ? received["rawPath"] : received["path"])!;
        var used = received.IsVersion2 ? path : GatewayEvent.Text(received.Context, "path") ?? path;
        var stage = $"/{GatewayEvent.Text(received.Context, "stage")}";
        if (PathString.FromUriComponent(used).StartsWithSegments(stage, StringComparison.Ordinal))
        {
            return (stage, used == path ? Rest(path, stage) : path);
        }

        var basePath = received.IsCustomDomain ? BasePath(path) : "";
        return (basePath, Rest(path, basePath));
    }

    private string BasePath(string path)
    {
        for (var at = 0; at >= 0 && at < path.Length; at = path.IndexOf('/', at + 1))
        {
            if (_firstSegments.Value.Contains(path[(at + 1)..].Split('/')[0]))
            {
                return path[..at];
            }
        }

        // No route: the page or one of its files, which lie side by side.
        return path[..Math.Max(path.LastIndexOf('/'), 0)];
    }

    private static string Rest(string path, string basePath) => path.Length > basePath.Length ? path[basePath.Length..] : "/";

    private static string? FirstSegment(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [RoutePatternLiteralPart { Content: var literal }] }, ..] ? literal : null;
}
