using Microsoft.AspNetCore.Builder;

namespace OffloadedPolling.AspNetCore;

internal static class HttpsOnlyConventionBuilderExtensions
{
    /// <summary>Demands https of the endpoint's callers, and says so in its description.</summary>
    public static TBuilder DemandHttps<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(HttpsOnly.Demand);
        return endpoint;
    }
}
