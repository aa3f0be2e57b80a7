using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OffloadedPolling.AspNetCore;

/// <summary>The stable addresses of operations at this host.</summary>
internal static class OperationUrls
{
    /// <summary>The name of the endpoint that an operation URL leads to.</summary>
    public const string EndpointName = "OffloadedPolling.GetOperation";

    /// <summary>Returns the operation URL with the caller's path base, or <see langword="null"/> if the host maps none.</summary>
    public static string? Of(HttpContext context, string id) =>
        LinksOf(context).GetPathByName(context, EndpointName, ValuesOf(id));

    /// <summary>Returns the operation with the addresses that its caller can use.</summary>
    public static AcceptedOperation ForCaller(HttpContext context, AcceptedOperation accepted) => accepted with
    {
        OperationUrl = accepted.OperationUrl ?? Of(context, accepted.Id),
        StatusUrl = StatusUrlOf(context, accepted),
    };

    // A status URL that leads to this host is made without a request, so it lacks the host's path base. Not behind a proxy: the prefix that
    // it strips is part of its own address, which the settings tell.
    private static string StatusUrlOf(HttpContext context, AcceptedOperation accepted)
    {
        var pathBase = context.Request.PathBase;
        return pathBase.HasValue
            && !HttpsOnly.IsForwarded(context.Request)
            && !context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalForHeaderName)
            && LinksOf(context).GetPathByName(StatusRouteAddress.EndpointName, ValuesOf(accepted.Id)) is { } path
            && Uri.TryCreate(accepted.StatusUrl, UriKind.Absolute, out var url)
            && url.AbsolutePath == path
                ? url.GetLeftPart(UriPartial.Authority) + pathBase.ToUriComponent() + url.PathAndQuery
                : accepted.StatusUrl;
    }

    private static LinkGenerator LinksOf(HttpContext context) => context.RequestServices.GetRequiredService<LinkGenerator>();

    private static RouteValueDictionary ValuesOf(string id) => new() { ["id"] = id };
}
