using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>Orders' page on an origin of its own, as a static web server would serve it.</summary>
internal sealed class PageServer(WebApplication app) : IAsyncDisposable
{
    /// <summary>Where the page's files lie.</summary>
    public static string Folder { get; } = Path.Combine(
        Path.GetDirectoryName(typeof(PageServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "OrdersProject").Value!)!, "wwwroot");

    public Uri Address => new(app.Urls.Single());

    /// <summary>What the page is told of the API's address.</summary>
    public Uri? Api { get; set; }

    public static async Task<PageServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new PageServer(builder.Build());
        server.Serve();
        await server.StartServerAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task StartServerAsync() => app.StartAsync();

    private void Serve()
    {
        app.MapGet("/", async context =>
        {
            var page = await File.ReadAllTextAsync(Path.Combine(Folder, "index.html"));
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync(
                page.Replace("name=\"orders-api\" content=\"\"", $"name=\"orders-api\" content=\"{Api}\"", StringComparison.Ordinal));
        });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new Microsoft.Extensions.FileProviders.PhysicalFileProvider(Folder) });
    }
}
