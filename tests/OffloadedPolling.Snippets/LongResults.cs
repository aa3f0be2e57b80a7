using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Client;

namespace Snippets;

internal static class LongResults
{
    internal interface IReportStore
    {
        Task SaveAsync(string id, Report report, CancellationToken cancellationToken);

        Task<Report?> FindAsync(string id, CancellationToken cancellationToken);
    }

    public static void Serve(WebApplication app)
    {
        app.MapGet("/report/{id}", async Task<IResult> (string id, IReportStore reports, CancellationToken cancellationToken) =>
            await reports.FindAsync(id, cancellationToken) is { } report ? TypedResults.Ok(report) : TypedResults.NotFound())
            .RequireAuthorization();
    }

    public static void AcceptWithLocation(WebApplication app)
    {
        app.MapPost("/report", (CreateReport report, HttpRequest request, IOffloadedOperations operations) =>
            OperationResults.AcceptAsync(operations, report, new AcceptOptions
            {
                ResourceLocation = id => $"{request.PathBase}/report/{id}",
            }));
    }

    public static async Task<Report?> CallAsync(HttpClient http, OperationPoller poller, AcceptedOperation accepted)
    {
        var status = await poller.WaitForCompletionAsync(accepted);
        var location = new Uri(new Uri(accepted.OperationUrl!), status.ResourceLocation!);
        var report = await http.GetFromJsonAsync<Report>(location);
        return report;
    }

    private static async Task<Report> BuildAsync(CreateReport payload, CancellationToken cancellationToken) =>
        new([await File.ReadAllTextAsync($"{payload.Year}.txt", cancellationToken)]);

    internal sealed record Report(IReadOnlyList<string> Pages);

    internal sealed record ReportSummary(int Pages);

    internal sealed class CreateReportHandler(IReportStore reports) : IOperationHandler<CreateReport, ReportSummary>
    {
        public async Task<ReportSummary> HandleAsync(OperationContext<CreateReport> context, CancellationToken cancellationToken)
        {
            var report = await BuildAsync(context.Payload, cancellationToken);
            await reports.SaveAsync(context.OperationId, report, cancellationToken);
            context.ResourceLocation = $"../report/{context.OperationId}";
            return new ReportSummary(report.Pages.Count);
        }
    }
}
