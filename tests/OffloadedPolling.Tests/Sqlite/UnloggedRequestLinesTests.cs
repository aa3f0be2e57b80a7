using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>Which hosts omit the request log entries of ASP.NET Core, which would contain signed status URLs.</summary>
public sealed class UnloggedRequestLinesTests
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    [Fact]
    public void WithSqlite_Default_OmitsOnlyRequestLines()
    {
        using var services = Host(_ => { });

        IsLogged(services, Category, LogLevel.Information).Should().BeFalse();
        IsLogged(services, Category, LogLevel.Warning).Should().BeTrue();
        IsLogged(services, "Microsoft.AspNetCore.Routing.EndpointMiddleware", LogLevel.Trace).Should().BeTrue();
        IsLogged(services, "Mine", LogLevel.Trace).Should().BeTrue();
    }

    [Fact]
    public void WithSqlite_LoggerHasOwnRules_OmitsRequestLines()
    {
        using var services = Host(logging => logging
            .AddFilter<RecordingLogger>(null, LogLevel.Trace).AddFilter<RecordingLogger>("Microsoft.AspNetCore", LogLevel.Information));

        IsLogged(services, Category, LogLevel.Information).Should().BeFalse();
    }

    [Fact]
    public void WithSqlite_HostSetsCategory_LogsRequestLines()
    {
        using var services = Host(logging => logging.AddFilter(Category, LogLevel.Information));

        IsLogged(services, Category, LogLevel.Information).Should().BeTrue();
    }

    [Fact]
    public void WithSqlite_OnlyForQueue_LogsRequestLines()
    {
        using var services = Host(_ => { }, polling => polling.WithS3());

        IsLogged(services, Category, LogLevel.Information).Should().BeTrue();
    }

    private static ServiceProvider Host(Action<ILoggingBuilder> log, Action<IOffloadedPollingBuilder>? choose = null)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace)
            .AddProvider(new RecordingLogger())).AddLogging(log);
        var polling = services.AddOffloadedPolling();
        choose?.Invoke(polling);
        polling.WithSqlite();
        return services.BuildServiceProvider();
    }

    private static bool IsLogged(ServiceProvider services, string category, LogLevel level) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level);
}
