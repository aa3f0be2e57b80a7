using System.Reflection;

namespace OffloadedPolling.Tests.Shared;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    public static string Root { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "RepositoryRoot").Value!;

    public static string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>Returns the files of a folder and its subfolders, without build output.</summary>
    public static IEnumerable<string> FilesUnder(string folder, string pattern) =>
        Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "artifacts"));

    /// <summary>Returns the documents: those at the root, in docs, and the READMEs of samples, templates and servers.</summary>
    public static IEnumerable<string> Documents() =>
    [
        .. Directory.EnumerateFiles(Root, "*.md"), .. FilesUnder("docs", "*.md"), .. FilesUnder("samples", "*.md"),
        .. FilesUnder("src", "*.md"), PathOf("tests/servers/README.md"),
    ];
}
