using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Client;
using OffloadedPolling.Provisioning;

namespace Snippets;

internal static class Tutorial
{
    public static void FirstHost(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithSqlite()
            .AddOperation<CreateReport>("reports")
            .AddHandler<CreateReport, CreateReportHandler>()
            .AddDeadLetterReader();
        builder.Services.AddHealthChecks().AddOffloadedPolling();

        var app = builder.Build();
        app.MapPost("/report", (CreateReport report, IOffloadedOperations operations, CancellationToken cancellationToken) =>
            OperationResults.AcceptAsync(operations, report, cancellationToken));
        app.MapOperations("/operations");
        app.MapHealthChecks("/health");
        app.Run();
    }

    public static async Task HostOnAwsAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var settings = builder.Configuration.GetSection("OffloadedPolling");
        var polling = builder.Services.AddOffloadedPolling(settings);
        if (settings["S3:BucketName"] is null)
        {
            polling.WithSqlite();
        }
        else
        {
            polling.WithS3().WithSqs().AddProvisioning();
        }

        polling
            .AddOperation<CreateReport>("reports")
            .AddHandler<CreateReport, CreateReportHandler>()
            .AddDeadLetterReader();
        builder.Services.AddHealthChecks().AddOffloadedPolling();

        var app = builder.Build();
        if (args is ["setup"])
        {
            Console.WriteLine(await app.Services.GetRequiredService<OperationQueues>().ApplyAsync());
            Console.WriteLine(await app.Services.GetRequiredService<StatusBucket>().ApplyAsync());
            return;
        }

        app.MapPost("/report", (CreateReport report, IOffloadedOperations operations, CancellationToken cancellationToken) =>
            OperationResults.AcceptAsync(operations, report, cancellationToken));
        app.MapOperations("/operations");
        app.MapHealthChecks("/health");
        app.Run();
    }

    public static async Task CallAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri("http://localhost:5080") };
        using var poller = new OperationPoller(new OperationPollerOptions { Timeout = TimeSpan.FromMinutes(1) });

        using var response = await http.PostAsJsonAsync("/report", new { year = 2026 });
        var accepted = await OperationPoller.ReadAcceptedAsync(response);
        await foreach (var status in poller.WatchAsync(accepted))
        {
            Console.WriteLine($"{status.State} {status.PercentComplete} % {status.Message} {status.Result}");
        }
    }

    internal sealed record CreateReport(int Year);

    internal sealed record Report(string Text);

    internal sealed class CreateReportHandler : IOperationHandler<CreateReport, Report>
    {
        public async Task<Report> HandleAsync(OperationContext<CreateReport> context, CancellationToken cancellationToken)
        {
            if (context.Payload.Year < 2000)
            {
                throw new OperationFailedException("No data for this year", "Reports begin with the year 2000.");
            }

            for (var quarter = 1; quarter <= 4; quarter++)
            {
                await context.ReportProgressAsync(quarter * 20, $"Adding up quarter {quarter}", cancellationToken);
                await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
            }

            return new Report($"The year {context.Payload.Year} was a good one.");
        }
    }
}
