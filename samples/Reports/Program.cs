using OffloadedPolling;
using OffloadedPolling.AspNetCore;
using Reports;

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
