using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Client;

namespace Snippets;

internal static class Readme
{
    public static void Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSqs()
            .AddOperation<CreateReport>("reports", ReportJson.Default)
            .AddHandler<CreateReport, CreateReportHandler>();

        var app = builder.Build();
        app.MapPost("/report", (CreateReport report, IOffloadedOperations operations, CancellationToken cancellationToken) =>
            OperationResults.AcceptAsync(operations, report, cancellationToken));
        app.MapOperations("/operations");
        app.Run();
    }

    public static async Task<Report> CallAsync(HttpClient http)
    {
        using var response = await http.PostAsJsonAsync("/report", new CreateReport(2026), ReportJson.Default.CreateReport);
        var accepted = await OperationPoller.ReadAcceptedAsync(response);

        using var poller = new OperationPoller(new OperationPollerOptions { Timeout = TimeSpan.FromMinutes(5) });
        var report = await poller.WaitForCompletionAsync(accepted, ReportJson.Default.Report);
        return report;
    }
}

internal sealed class CreateReportHandler : IOperationHandler<CreateReport, Report>
{
    public async Task<Report> HandleAsync(OperationContext<CreateReport> context, CancellationToken cancellationToken)
    {
        await context.ReportProgressAsync(40, "Adding up", cancellationToken);
        return new Report($"The year {context.Payload.Year} was a good one.");
    }
}

internal sealed record CreateReport(int Year);

internal sealed record Report(string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CreateReport))]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
