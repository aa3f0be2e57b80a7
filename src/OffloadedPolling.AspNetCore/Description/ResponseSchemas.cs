using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// The types of the library's answers, for what describes endpoints: OpenAPI takes its schemas from the host's JSON options.
/// </summary>
internal static class ResponseSchemas
{
    private static readonly IJsonTypeInfoResolver _resolver = OperationJson.Accepted.OriginatingResolver!;

    /// <summary>Adds them behind the host's own. Without reflection, as in native AOT, nobody else knows them.</summary>
    public static void AddTo(IServiceProvider services)
    {
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        if (!json.IsReadOnly && !json.TypeInfoResolverChain.Contains(_resolver))
        {
            json.TypeInfoResolverChain.Add(_resolver);
        }
    }
}
