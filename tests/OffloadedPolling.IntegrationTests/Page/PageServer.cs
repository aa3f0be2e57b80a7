using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>Serves the page of Orders on a separate origin, like a static web server.</summary>
internal sealed class PageServer(WebApplication app) : IAsyncDisposable
{
    /// <summary>The folder with the page's files.</summary>
    public static string Folder { get; } = Path.Combine(
        Path.GetDirectoryName(typeof(PageServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "OrdersProject").Value!)!, "wwwroot");

    public Uri Address => new(app.Urls.Single());

    /// <summary>The address of the API that the page uses.</summary>
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
