using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Snippets;

internal static class SeparateWorker
{
    public static WebApplicationBuilder CreateApi(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSqs()
            .AddOperation<CreateReport>("reports", ReportJson.Default);
        return builder;
    }

    public static void RunWorker(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSqs()
            .AddOperation<CreateReport>("reports", ReportJson.Default)
            .AddHandler<CreateReport, CreateReportHandler>()
            .AddDeadLetterReader();

        builder.Build().Run();
    }
}
