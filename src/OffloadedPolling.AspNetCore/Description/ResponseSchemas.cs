using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Makes the types of the library's responses known to OpenAPI, which takes its schemas from the host's JSON options.
/// </summary>
internal static class ResponseSchemas
{
    private static readonly IJsonTypeInfoResolver _resolver = OperationJson.Accepted.OriginatingResolver!;

    /// <summary>Adds the types after the host's own. Without reflection, as in native AOT, they are otherwise unknown.</summary>
    public static void AddTo(IServiceProvider services)
    {
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        if (!json.IsReadOnly && !json.TypeInfoResolverChain.Contains(_resolver))
        {
            json.TypeInfoResolverChain.Add(_resolver);
        }
    }
}
