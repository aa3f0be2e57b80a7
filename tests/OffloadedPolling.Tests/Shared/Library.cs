using System.Reflection;
using Microsoft.Extensions.Logging;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Client.S3;
using OffloadedPolling.Provisioning;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests.Shared;

/// <summary>The assemblies of the library's packages.</summary>
internal static class Library
{
    public static IReadOnlyList<Assembly> Assemblies { get; } = [
        typeof(OperationStatus).Assembly,
        typeof(S3StatusReader).Assembly,
        typeof(IOffloadedOperations).Assembly,
        typeof(S3Options).Assembly,
        typeof(StsOptions).Assembly,
        typeof(StatusBucket).Assembly,
        typeof(SqliteOptions).Assembly,
        typeof(OperationResults).Assembly,
        typeof(Microsoft.Extensions.DependencyInjection.OffloadedPollingOpenApiServiceCollectionExtensions).Assembly];

    /// <summary>The messages of every project's <c>Log</c>, with the names of their methods.</summary>
    public static IEnumerable<(string Name, LoggerMessageAttribute Message)> LogMessages { get; } =
    [
        .. from assembly in Assemblies
           from type in assembly.GetTypes()
           where type.Name == "Log"
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message is not null
           select (method.Name, message),
    ];
}
