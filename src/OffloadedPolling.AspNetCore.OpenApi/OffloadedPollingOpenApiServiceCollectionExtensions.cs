using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OffloadedPolling.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods to describe the library's responses in the host's OpenAPI documents.</summary>
public static class OffloadedPollingOpenApiServiceCollectionExtensions
{
    /// <summary>
    /// Describes the library's responses in every OpenAPI document of the host: schemas, descriptions and response headers.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <returns>The service collection.</returns>
    /// <remarks>
    /// Call this method before or after <c>AddOpenApi()</c>. The schemas describe the JSON that is sent, which the host's JSON settings do
    /// not change. To change a description, use a document transformer.
    /// </remarks>
    public static IServiceCollection AddOffloadedPollingOpenApi(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<OpenApiOptions>, DocumentTransformers>());
        return services;
    }

    // Runs after the host's transformers. The one that writes XML comments would otherwise replace the descriptions.
    private sealed class DocumentTransformers : IPostConfigureOptions<OpenApiOptions>
    {
        public void PostConfigure(string? name, OpenApiOptions options)
        {
            options.AddSchemaTransformer(new OperationSchemaTransformer());
            options.AddOperationTransformer(new ResponseTransformer());
        }
    }
}
