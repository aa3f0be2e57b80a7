using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OffloadedPolling.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the library's responses to the host's OpenAPI documents.</summary>
public static class OffloadedPollingOpenApiServiceCollectionExtensions
{
    /// <summary>
    /// Describes the library's responses in every OpenAPI document of the host: schemas with the types that are sent, descriptions, and
    /// response headers.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <returns>The service collection.</returns>
    /// <remarks>
    /// Call it before or after <c>AddOpenApi()</c>. The schemas describe the wire format, which the host's JSON settings do not change.
    /// To change a description, use a document transformer.
    /// </remarks>
    public static IServiceCollection AddOffloadedPollingOpenApi(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<OpenApiOptions>, DocumentTransformers>());
        return services;
    }

    // After the host's own: the one that writes XML comments is among them, and it would replace the descriptions.
    private sealed class DocumentTransformers : IPostConfigureOptions<OpenApiOptions>
    {
        public void PostConfigure(string? name, OpenApiOptions options)
        {
            options.AddSchemaTransformer(new OperationSchemaTransformer());
            options.AddOperationTransformer(new ResponseTransformer());
        }
    }
}
