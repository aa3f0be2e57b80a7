using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class ReverseProxy
{
    public static void ServeHttps(WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
    }

    public static void TrustAllSenders(WebApplicationBuilder builder)
    {
        builder.Services.PostConfigure<ForwardedHeadersOptions>(options => options.ForwardedHeaders |= ForwardedHeaders.XForwardedPrefix);
    }

    public static void TrustAProxy(WebApplicationBuilder builder)
    {
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix;
            options.KnownProxies.Add(IPAddress.Parse("10.0.0.10"));
        });
        var app = builder.Build();
        app.UseForwardedHeaders(); // before everything else
    }
}
