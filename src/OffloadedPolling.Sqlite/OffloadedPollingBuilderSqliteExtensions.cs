using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses the embedded implementation.</summary>
public static class OffloadedPollingBuilderSqliteExtensions
{
    /// <summary>
    /// Keeps status documents, messages and duration profiles in one SQLite file. The host stands in for S3: <c>MapOperations</c> serves
    /// the documents to whoever holds a signed URL. ASP.NET Core's two lines about each request, which would show these URLs, are not
    /// logged below Warning.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Settings from code, which win over the section <c>Sqlite</c>.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// API and workers may be several processes on one machine. Where a store is chosen already, only the messages go to the file.
    /// </remarks>
    public static IOffloadedPollingBuilder WithSqlite(this IOffloadedPollingBuilder builder, Action<SqliteOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddSettingsSection<SqliteOptions, SqliteOptionsValidator>("Sqlite", Bind).Configure(configure ?? (_ => { }));
        services.TryAddSingleton<SqliteDatabase>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SqliteStart>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FileWatch>());
        if (!services.Any(service => service.ServiceType == typeof(IOperationStatusStore)))
        {
            AddStore(builder);
        }

        services.TryAddSingleton<IDurationProfileStore, SqliteDurationProfileStore>();
        services.TryAddSingleton<SqliteMessages>();
        services.TryAddSingleton<SqliteQueueDepth>();
        services.TryAddSingleton<IOperationQueue, SqliteOperationQueue>();
        services.TryAddSingleton<IDeadLetterQueue, SqliteDeadLetterQueue>();
        return builder;
    }

    private static void Bind(SqliteOptions options, IConfigurationSection section)
    {
        section.Bind(options);
        options.Section = section.Path;
    }

    private static void AddStore(IOffloadedPollingBuilder builder)
    {
        var services = builder.AddSignedStatusRoute<SqliteStatusRoute>().Services;
        services.AddSingleton<IOperationStatusStore, SqliteOperationStatusStore>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ExpiredDocuments>());
        services.TryAddSingleton<StatusUrlAddress>();
        services.TryAddSingleton<StatusUrlSignature>();
        services.TryAddSingleton<IPresignedUrlIssuer, SqliteStatusUrlIssuer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<LoggerFilterOptions>, UnloggedRequestLines>());
    }
}
