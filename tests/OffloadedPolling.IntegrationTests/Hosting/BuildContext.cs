namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>The files that <c>.dockerignore</c> leaves in the build context, owned by an unprivileged user.</summary>
public sealed class BuildContext : IAsyncLifetime
{
    private string _source = "";

    private Dictionary<string, string> _environment = [];

    public FolderOfAnotherUser Folder { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _source = await CopyAsync();
        _environment = await HomeAsync();
    }

    public ValueTask DisposeAsync()
    {
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a stage's publish, which must give no warnings, into a folder that the user can then only read.</summary>
    internal async Task<string> PublishAsync(Dockerfile stage, string name)
    {
        var command = stage.All("RUN").Single(run => run.StartsWith("dotnet publish", StringComparison.Ordinal)).Split(' ');
        command[^2..].Should().Equal("-o", "/app");
        var app = await Folder.OwnAsync(name);
        var (program, arguments) = FolderOfAnotherUser.As(
            "dotnet", [.. command[1..^1], app, "-nodeReuse:false", "-p:UseSharedCompilation=false"]);
        var (exitCode, output) = await Commands.RunAsync(program, arguments, _source, _environment);
        exitCode.Should().Be(0, output);
        output.Should().NotContainEquivalentOf("warning");
        return await Folder.TakeAsync(name);
    }

    private async Task<string> CopyAsync()
    {
        var source = Directory.CreateDirectory(Path.Combine(Folder.Path, "source")).FullName;
        var ignored = File.ReadLines(Repository.PathOf(".dockerignore")).Select(line =>
            $"--exclude={line.Replace("**/", "", StringComparison.Ordinal)}");
        var archive = Path.Combine(Folder.Path, "context.tar");
        foreach (var arguments in new string[][]
        {
            ["-cf", archive, .. ignored, "."],
            ["-xf", archive, "-C", source],
        })
        {
            var (exitCode, output) = await Commands.RunAsync("tar", arguments, Repository.Root);
            exitCode.Should().Be(0, output);
        }

        return await Folder.OwnAsync("source");
    }

    // This machine's NuGet configuration, with a separate package folder for the user.
    private async Task<Dictionary<string, string>> HomeAsync()
    {
        var home = Directory.CreateDirectory(Path.Combine(Folder.Path, "home")).FullName;
        var config = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/NuGet/NuGet.Config");
        if (File.Exists(config))
        {
            Directory.CreateDirectory(Path.Combine(home, ".nuget/NuGet"));
            File.Copy(config, Path.Combine(home, ".nuget/NuGet/NuGet.Config"));
        }

        await Folder.OwnAsync("home");
        return new()
        {
            ["HOME"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["NUGET_PACKAGES"] = Path.Combine(home, "packages"),
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        };
    }
}
