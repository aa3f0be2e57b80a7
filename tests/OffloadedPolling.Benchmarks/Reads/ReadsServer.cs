using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Benchmarks.Reads;

/// <summary>
/// A host on SQLite with one running operation, and a bare endpoint that returns the same bytes. It prints both URLs and stops at the end
/// of its standard input.
/// </summary>
internal static class ReadsServer
{
    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("reads-").FullName;
        try
        {
            await using var app = Build(Path.Combine(folder, "polling.db"));
            var body = await CreateAsync(app);
            app.MapGet("/bare", context =>
            {
                context.Response.ContentType = StatusDocument.ContentType;
                context.Response.ContentLength = body.Length;
                return context.Response.Body.WriteAsync(body).AsTask();
            });
            await app.StartAsync();
            var statusUrl = await app.Services.GetRequiredService<IPresignedUrlIssuer>()
                .IssueAsync(_status.Id, TimeSpan.FromHours(1), CancellationToken.None);
            Console.WriteLine($"{app.Urls.Single()}/bare\n{statusUrl.Value}");
            await Console.In.ReadToEndAsync();
            await app.StopAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static readonly OperationStatus _status = new()
    {
        Id = "6f0c2f3c9d6b4b1f8a5e0d6b7c1e2f30",
        Kind = "reports",
        State = OperationState.Running,
        CreatedAt = DateTimeOffset.UtcNow,
        LastUpdatedAt = DateTimeOffset.UtcNow,
        ExpiresAt = DateTimeOffset.UtcNow.AddDays(1),
        Attempt = 1,
        PercentComplete = 40,
        Message = "Reserving stock",
        Estimate = new OperationEstimate { Median = TimeSpan.FromSeconds(5.2), Upper = TimeSpan.FromSeconds(8.9) },
        ResourceLocation = "/report/6f0c2f3c9d6b4b1f8a5e0d6b7c1e2f30",
    };

    private static WebApplication Build(string dataSource)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOffloadedPolling()
            .WithSqlite(sqlite => sqlite.DataSource = dataSource)
            .AddOperation<string>(_status.Kind);
        var app = builder.Build();
        app.MapOperations("/operations");
        return app;
    }

    private static async Task<byte[]> CreateAsync(WebApplication app)
    {
        await app.Services.GetRequiredService<IOperationStatusStore>()
            .CreateAsync(_status, OperationMetadata.Empty, CancellationToken.None);
        return StatusDocument.Write(_status, StatusDocument.MaxBytes);
    }
}
