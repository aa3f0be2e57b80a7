using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>A reverse proxy on loopback that terminates TLS, strips a path prefix and sends both in <c>X-Forwarded-…</c> headers.</summary>
internal sealed class PrefixProxy : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly string _prefix;

    private PrefixProxy(WebApplication app, string prefix) => (_app, _prefix) = (app, prefix);

    /// <summary>Gets the address of the upstream's root, with a trailing slash.</summary>
    public Uri Address => new($"{_app.Urls.Single()}{_prefix}/");

    public static async Task<PrefixProxy> StartAsync(Uri upstream, string prefix, TestCertificate certificate, int port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseUrls($"https://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
            https.ServerCertificate = X509CertificateLoader.LoadPkcs12FromFile(certificate.File, TestCertificate.Password)));
        var app = builder.Build();
        app.UsePathBase(prefix);
        app.MapForwarder("/{**path}", upstream.ToString());
        await app.StartAsync();
        return new PrefixProxy(app, prefix);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
