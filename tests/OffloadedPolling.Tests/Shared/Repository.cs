using System.Reflection;

namespace OffloadedPolling.Tests.Shared;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    public static string Root { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!;

    public static string PathOf(string file) => Path.Combine(Root, file);
}
