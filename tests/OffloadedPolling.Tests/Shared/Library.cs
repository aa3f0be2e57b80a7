using System.Reflection;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Client.S3;
using OffloadedPolling.Provisioning;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests.Shared;

/// <summary>The assemblies of the packages.</summary>
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
}
