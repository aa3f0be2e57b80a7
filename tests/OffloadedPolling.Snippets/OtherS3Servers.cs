using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class OtherS3Servers
{
    public static void KeepMessagesInAFile(WebApplicationBuilder builder)
    {
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSqlite()   // only messages: the store is chosen already
            .AddOperation<CreateReport>("reports", ReportJson.Default)
            .AddHandler<CreateReport, CreateReportHandler>();
    }
}
