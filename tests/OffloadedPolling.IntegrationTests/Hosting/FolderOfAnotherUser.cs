namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>
/// An empty folder in which an unprivileged user runs commands. If the tests do not run as root, that user is their own.
/// </summary>
public sealed class FolderOfAnotherUser : IDisposable
{
    private const string Nobody = "65534";

    private static readonly bool _isRoot = Environment.UserName == "root";

    public string Path { get; } = Directory.CreateTempSubdirectory("nobody-").FullName;

    /// <summary>Wraps a command so that the user runs it.</summary>
    public static (string Program, IEnumerable<string> Arguments) As(string program, IEnumerable<string> arguments) => _isRoot
        ? ("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--no-new-privs", "--inh-caps=-all", program, .. arguments])
        : (program, arguments);

    /// <summary>Makes the user the owner of a subfolder.</summary>
    public Task<string> OwnAsync(string name) => ChangeOwnerAsync(name, Nobody);

    /// <summary>Takes a subfolder from the user, who can still read it.</summary>
    public Task<string> TakeAsync(string name) => ChangeOwnerAsync(name, "0");

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private async Task<string> ChangeOwnerAsync(string name, string owner)
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
