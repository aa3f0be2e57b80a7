using Microsoft.AspNetCore.Builder;

namespace OffloadedPolling.AspNetCore;

internal static class HttpsOnlyConventionBuilderExtensions
{
    /// <summary>Requires HTTPS for the endpoint.</summary>
    public static TBuilder RequireHttps<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(HttpsOnly.Require);
        return endpoint;
    }
}
