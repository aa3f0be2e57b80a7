using Microsoft.AspNetCore.Routing.Patterns;

namespace Orders.Lambda;

/// <summary>Splits a path into the path base that API Gateway adds, and the API's own path.</summary>
/// <remarks>
/// An HTTP API has its stage in the path, unless it is <c>$default</c>. A REST API has it only in <c>requestContext.path</c>. A custom
/// domain's base path is in both, but no event states it. It is the part before the first segment of a route.
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
/// </remarks>
internal sealed class GatewayPath(EndpointDataSource endpoints)
{
    // Read at the first request, because the routes are mapped by then.
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

        // Not a route: the page or one of its files, which are in one folder.
        return path[..Math.Max(path.LastIndexOf('/'), 0)];
    }

    private static string Rest(string path, string basePath) => path.Length > basePath.Length ? path[basePath.Length..] : "/";

    private static string? FirstSegment(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [RoutePatternLiteralPart { Content: var literal }] }, ..] ? literal : null;
}
