using OffloadedPolling.IntegrationTests.Hosting;

namespace OffloadedPolling.IntegrationTests.Documents;

/// <summary>The documentation site, built once for all tests of a class.</summary>
public sealed class DocumentationSite : IAsyncLifetime
{
    // The assemblies that these tests were built with.
    private static readonly string _configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;

    private readonly string _folder = Directory.CreateTempSubdirectory("documentation-").FullName;

    public string Folder => Path.Combine(_folder, "site");

    public int ExitCode { get; private set; }

    public string Output { get; private set; } = "";

    public async ValueTask InitializeAsync() => (ExitCode, Output) = await BuildAsync(Repository.Root, Folder);

    /// <summary>Builds the site of a copy of the repository's documents that was changed.</summary>
    internal async Task<(int ExitCode, string Output)> BuildChangedAsync(Action<ChangedDocuments> change)
    {
        var copy = Path.Combine(_folder, "copy");
        foreach (var file in Sources())
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Repository.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        change(new ChangedDocuments(copy, _configuration));
        return await BuildAsync(copy, Path.Combine(_folder, "changed-site"));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static Task<(int ExitCode, string Output)> BuildAsync(string repository, string output) =>
        Commands.RunAsync(Path.Combine(repository, "docs", "build.sh"), [output, _configuration], repository);

    private static IEnumerable<string> Sources() =>
    [
        .. Directory.EnumerateFiles(Repository.Root), .. Directory.EnumerateFiles(Repository.PathOf(".config")),
        .. Repository.FilesUnder("docs", "*"), .. Repository.FilesUnder("samples", "*"),
        .. Repository.FilesUnder("src", "*"), .. Repository.FilesUnder("tests/OffloadedPolling.Tests", "*.cs"),
        Repository.PathOf("tests/servers/README.md"),
        .. Library.Assemblies.SelectMany(assembly => Files(assembly.GetName().Name!)),
    ];

    private static IEnumerable<string> Files(string name) =>
        Directory.EnumerateFiles(Repository.PathOf($"artifacts/bin/{name}/{_configuration}"), $"{name}.*");
}
