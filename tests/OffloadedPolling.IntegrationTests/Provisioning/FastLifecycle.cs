using System.Diagnostics;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>A separate S3 server whose lifecycle rules count two seconds as a day.</summary>
public sealed class FastLifecycle : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("offloaded-polling-lifecycle-").FullName;

    private static readonly string _servers = FindServers();

    internal Uri Address { get; private set; } = new("http://127.0.0.1");

    public async ValueTask InitializeAsync()
    {
        var port = (await RunAsync("node", [], Path.Combine(_servers, "free-ports.mjs"), "0,443,5300,5301")).Trim();
        await CephAsync("start", port);
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        await CephAsync("stop", "0");
        Directory.Delete(_directory, recursive: true);
    }

    private Task<string> CephAsync(string verb, string port) => RunAsync("bash", new()
    {
        ["CEPH_DIR"] = _directory,
        ["CEPH_PORT"] = port,
        ["CEPH_ACCESS_KEY"] = TestServers.AccessKey,
        ["CEPH_SECRET_KEY"] = TestServers.SecretKey,
        ["CEPH_LIFECYCLE_DAY"] = "2",
    }, Path.Combine(_servers, "ceph.sh"), verb);

    private static async Task<string> RunAsync(string command, Dictionary<string, string> environment, params string[] arguments)
    {
        // The output goes to a file, because the servers that the script leaves running would keep a pipe open.
        var output = Path.GetTempFileName();
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$@\" >\"$OUTPUT\" 2>&1 </dev/null", command, command, .. arguments]);
        start.Environment["OUTPUT"] = output;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(timeout.Token);
        var text = await File.ReadAllTextAsync(output);
        File.Delete(output);
        process.ExitCode.Should().Be(0, $"{command} {string.Join(' ', arguments)} failed:\n{text}");
        return text;
    }

    private static string FindServers()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "tests", "servers", "ceph.sh")))
            {
                return Path.Combine(directory, "tests", "servers");
            }
        }

        throw new InvalidOperationException($"tests/servers was not found above {AppContext.BaseDirectory}.");
    }
}
