using OffloadedPolling.IntegrationTests.Hosting;

namespace OffloadedPolling.IntegrationTests.Packages;

/// <summary>The packages of this repository, built from the current source into a folder that serves as a package source.</summary>
[CollectionDefinition(nameof(LocalPackages))]
public sealed class LocalPackages : IAsyncLifetime, ICollectionFixture<LocalPackages>
{
    /// <summary>The variables for <c>dotnet</c>. Build servers would outlive this run.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("packages-").FullName;

    /// <summary>A version that is unique to this run.</summary>
    public string Version { get; } = $"0.0.1-test.{Guid.NewGuid():n}";

    private string Source => Path.Combine(_folder, "source");

    /// <summary>The path of a package file.</summary>
    public string PathOf(string id, string extension = "nupkg") => Path.Combine(Source, $"{id}.{Version}.{extension}");

    /// <summary>The names of all files, without the version.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFiles(Source)
        .Select(path => Path.GetFileName(path).Replace($".{Version}", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public async ValueTask InitializeAsync() =>
        await DotnetAsync(_folder, ["pack", Repository.PathOf(
            "src/Packages.slnf"), $"-p:Version={Version}", "-o", Source, "--artifacts-path", Path.Combine(_folder, "artifacts")]);

    /// <summary>Installs the templates in a separate location, and creates a project from one of them in a new folder.</summary>
    public async Task<string> MakeAsync(string template, string name)
    {
        var folder = await NewFolderAsync(template);
        var hive = Path.Combine(folder, "hive");
        await DotnetAsync(folder, ["new", "install", PathOf("OffloadedPolling.Templates"), "--debug:custom-hive", hive]);
        await DotnetAsync(folder, ["new", template, "-n", name, "--no-restore", "--debug:custom-hive", hive]);
        return Path.Combine(folder, name);
    }

    /// <summary>
    /// Publishes a created project as its README and its Dockerfile do, which must give no warnings. Returns its program.
    /// </summary>
    public static async Task<string> PublishAsync(string project)
    {
        var output = await DotnetAsync(project, ["publish", "-c", "Release", "-p:PublishAot=false", "-o", $"{project}-published"]);
        output.Should().NotContainEquivalentOf("warning ");
        return Path.Combine($"{project}-published", $"{Path.GetFileName(project)}.dll");
    }

    /// <summary>Creates a folder in which <c>dotnet</c> finds the packages. It is deleted after the run.</summary>
    public async Task<string> NewFolderAsync(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "NuGet.Config"), await SourcesAsync());
        return folder;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    // Packages that are already installed are reused. New ones, mainly this repository's, go to a folder that is deleted after the run.
    private async Task<string> SourcesAsync()
    {
        var packages = (await DotnetAsync(_folder, ["nuget", "locals", "global-packages", "--list", "--force-english-output"]))
            .Split("global-packages: ")[1].Trim();
        return $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_folder, "global")}" /></config>
              <fallbackPackageFolders><add key="global" value="{packages}" /></fallbackPackageFolders>
              <packageSources><add key="this repository" value="{Source}" /></packageSources>
            </configuration>
            """;
    }

    private static async Task<string> DotnetAsync(string folder, string[] arguments)
    {
        var (exitCode, output) = await Commands.RunAsync("dotnet", arguments, folder, Environment);
        return exitCode == 0 ? output : throw new InvalidOperationException(
            $"dotnet {string.Join(' ', arguments)} in {folder}: exit code {exitCode}\n{output}");
    }
}
