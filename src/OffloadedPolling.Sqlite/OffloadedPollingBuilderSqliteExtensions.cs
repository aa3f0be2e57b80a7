using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that select the embedded SQLite implementation.</summary>
public static class OffloadedPollingBuilderSqliteExtensions
{
    /// <summary>
    /// Stores status documents, messages and duration profiles in one SQLite file. The host replaces S3: <c>MapOperations</c> serves the
    /// documents to anyone who has a signed URL.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">A delegate that overrides the settings of the section <c>Sqlite</c>.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// The API and the workers can be several processes on one machine. If a store is already registered, the file is used for messages,
    /// and for duration profiles unless an <see cref="IDurationProfileStore"/> is also registered.
    /// <para>
    /// ASP.NET Core's log entries for each request contain status URLs. They are logged only at Warning or above, unless the host
    /// configures the category <c>Microsoft.AspNetCore.Hosting.Diagnostics</c>.
    /// </para>
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
