using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Client;
using Xunit;

namespace Snippets;

/// <summary>The tests run in a class that is derived from this one.</summary>
public abstract class TestAHandler
{
    [Fact]
    public async Task HandleAsync_Year_ReturnsReport()
    {
        List<OperationProgress> reported = [];
        var context = new OperationContext<CreateReport>(
            operationId: "6f0c2f3c9d6b4b1f8a5e0d6b7c1e2f30",
            payload: new CreateReport(2026),
            attempt: 1,
            report: (progress, _) =>
            {
                reported.Add(progress);
                return Task.CompletedTask;
            });

        var report = await new CreateReportHandler().HandleAsync(context, CancellationToken.None);

        Assert.Equal("The year 2026 was a good one.", report.Text);
        Assert.Equal(new OperationProgress(40, "Adding up"), Assert.Single(reported));
    }

    [Fact]
    public void Result_SerializedAndDeserialized_IsEqual()
    {
        var report = new Report("The year 2026 was a good one.");

        var json = JsonSerializer.Serialize(report, ReportJson.Default.Report);
        Assert.Equal(report, JsonSerializer.Deserialize(json, ReportJson.Default.Report));
    }

    [Fact]
    public async Task Report_Accepted_Succeeds()
    {
        var folder = Directory.CreateTempSubdirectory();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOffloadedPolling()
            .WithSqlite(sqlite => sqlite.DataSource = Path.Combine(folder.FullName, "polling.db"))
            .AddOperation<CreateReport>("reports", ReportJson.Default)
            .AddHandler<CreateReport, CreateReportHandler>();

        await using (var app = builder.Build())
        {
            app.MapPost("/report", (CreateReport report, IOffloadedOperations operations, CancellationToken cancellationToken) =>
                OperationResults.AcceptAsync(operations, report, cancellationToken));
            app.MapOperations("/operations");
            await app.StartAsync();

            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            using var response = await http.PostAsJsonAsync("/report", new CreateReport(2026), ReportJson.Default.CreateReport);
            var accepted = await OperationPoller.ReadAcceptedAsync(response);

            using var poller = new OperationPoller(new OperationPollerOptions
            {
                Timeout = TimeSpan.FromSeconds(30),
                TargetDelay = TimeSpan.FromMilliseconds(50),
            });
            var result = await poller.WaitForCompletionAsync(accepted, ReportJson.Default.Report);

            Assert.Equal("The year 2026 was a good one.", result.Text);
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
    }
}
