using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class Http
{
    public static void Describe(WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi();
        builder.Services.AddOffloadedPollingOpenApi();
    }
}
