namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>
/// An empty folder, and commands that a user without rights runs in it. Where the tests' own user is not root, it is that one.
/// </summary>
public sealed class FolderOfAnotherUser : IDisposable
{
    private const string Nobody = "65534";

    private static readonly bool _isRoot = Environment.UserName == "root";

    public string Path { get; } = Directory.CreateTempSubdirectory("nobody-").FullName;

    /// <summary>A command as that user.</summary>
    public static (string Program, IEnumerable<string> Arguments) As(string program, IEnumerable<string> arguments) => _isRoot
        ? ("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--no-new-privs", "--inh-caps=-all", program, .. arguments])
        : (program, arguments);

    /// <summary>Gives a folder below it to that user.</summary>
    public Task<string> OwnAsync(string name) => HandAsync(name, Nobody);

    /// <summary>Takes a folder from that user, who may still read it.</summary>
    public Task<string> TakeAsync(string name) => HandAsync(name, "0");

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private async Task<string> HandAsync(string name, string owner)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
        if (_isRoot)
        {
            var (exitCode, output) = await Commands.RunAsync(
                "sh", ["-c", "chmod 755 \"$1\" && chown -R \"$3:$3\" \"$2\" && chmod -R go-w \"$2\"", "sh", Path, folder, owner]);
            exitCode.Should().Be(0, output);
        }

        return folder;
    }
}
