using OffloadedPolling;

namespace Orders.Lambda;

/// <summary>The host of a function that is invoked with queue events.</summary>
internal static class EventHost
{
    public static HostApplicationBuilder CreateBuilder()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = FunctionSettings.Folder });
        FunctionLog.Use(builder.Logging);
        return builder;
    }

    public static (IHost Host, SqsEventProcessor Processor) Start(HostApplicationBuilder builder)
    {
        var host = builder.Build();
        host.Start();
        return (host, host.Services.GetRequiredService<SqsEventProcessor>());
    }
}
