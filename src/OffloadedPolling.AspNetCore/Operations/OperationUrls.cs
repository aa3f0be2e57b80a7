using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.AspNetCore;

/// <summary>Creates the operation URLs of this host.</summary>
internal static class OperationUrls
{
    /// <summary>The name of the endpoint of operation URLs.</summary>
    public const string EndpointName = "OffloadedPolling.GetOperation";

    /// <summary>Returns the operation URL with the caller's path base, or <see langword="null"/> if the host maps none.</summary>
    public static string? Of(HttpContext context, string id) =>
        context.RequestServices.GetRequiredService<LinkGenerator>()
            .GetPathByName(context, EndpointName, new RouteValueDictionary { ["id"] = id });
}
