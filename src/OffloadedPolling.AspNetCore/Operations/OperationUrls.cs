using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.AspNetCore;

/// <summary>The stable addresses of operations at this host.</summary>
internal static class OperationUrls
{
    /// <summary>The name of the endpoint that an operation URL leads to.</summary>
    public const string EndpointName = "OffloadedPolling.GetOperation";

    /// <summary>The operation URL, with the path base under which the caller reached the host; <see langword="null"/> where the host maps none.</summary>
    public static string? Of(HttpContext context, string id) =>
        context.RequestServices.GetRequiredService<LinkGenerator>().GetPathByName(context, EndpointName, new RouteValueDictionary { ["id"] = id });
}
