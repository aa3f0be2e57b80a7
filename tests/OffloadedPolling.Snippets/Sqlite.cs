using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class Sqlite
{
    public static void Choose(WebApplicationBuilder builder)
    {
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithSqlite()
            .AddOperation<CreateReport>("reports", ReportJson.Default)
            .AddHandler<CreateReport, CreateReportHandler>()
            .AddDeadLetterReader();
        var app = builder.Build();
        app.MapOperations("/operations");
    }
}
