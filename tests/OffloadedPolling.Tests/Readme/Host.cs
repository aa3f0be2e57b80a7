using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.AspNetCore;

namespace OffloadedPolling.Tests.Readme;

/// <summary>The code in the README and in the guide about idempotency. <see cref="ReadmeTests"/> compares it with them.</summary>
internal static class Host
{
    public static void Run(string[] args)
    {
        // begin: host
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
        // end: host
    }

    public static void AcceptWithKey(WebApplication app)
    {
        // begin: key
        app.MapPost("/report", (
            CreateReport report, [FromHeader(Name = "Idempotency-Key")] string? key, ClaimsPrincipal user,
            IOffloadedOperations operations) =>
            OperationResults.AcceptAsync(operations, report, new AcceptOptions
            {
                IdempotencyKey = key,
                IdempotencyScope = user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id ? $"user {id}" : "anonymous",
            }));
        // end: key
    }

    public static async Task<Report> CallAsync(HttpClient http)
    {
        // begin: caller
        using var response = await http.PostAsJsonAsync("/report", new CreateReport(2026), ReportJson.Default.CreateReport);
        var accepted = await OperationPoller.ReadAcceptedAsync(response);

        using var poller = new OperationPoller(new OperationPollerOptions { Timeout = TimeSpan.FromMinutes(5) });
        var report = await poller.WaitForCompletionAsync(accepted, ReportJson.Default.Report);
        // end: caller

        return report;
    }
}

// begin: handler
internal sealed class CreateReportHandler : IOperationHandler<CreateReport, Report>
{
    public async Task<Report> HandleAsync(OperationContext<CreateReport> context, CancellationToken cancellationToken)
    {
        await context.ReportProgressAsync(40, "Adding up", cancellationToken);
        return new Report($"The year {context.Payload.Year} was a good one.");
    }
}
// end: handler

// begin: json
internal sealed record CreateReport(int Year);

internal sealed record Report(string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CreateReport))]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
// end: json
