using System.Net.Sockets;
using System.Text;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>The units of samples/Orders as systemd reads them, and how the program works under systemd.</summary>
public sealed class SystemdTests : IDisposable
{
    // Out of 100. `systemd-analyze security` lists what remains exposed.
    private const int MaxExposure = 20;

    private static readonly string[] _units = ["orders-api.service", "orders-worker.service"];

    private readonly string _folder = Directory.CreateTempSubdirectory("units-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Units_Verify_ReportsNothing()
    {
        // The files that verify looks at: the units, the program at the path that they name, and systemd's own targets.
        Install(_units.Select(unit => Repository.PathOf($"samples/Orders/systemd/{unit}")), "etc/systemd/system");
        Install(Directory.EnumerateFiles("/usr/lib/systemd/system", "*.target"), "usr/lib/systemd/system");
        Install([Path.ChangeExtension(OrdersProcess.Dll, null)], "opt/orders");

        var (exitCode, output) = await Commands.RunAsync(
            "systemd-analyze", ["verify", $"--root={_folder}", .. _units.Select(unit => $"/etc/systemd/system/{unit}")]);

        // For unknown settings, it prints a warning and still exits with 0.
        (exitCode, output).Should().Be((0, ""));
    }

    [Fact]
    public async Task Units_Security_StaysBelowMaxExposure()
    {
        var (exitCode, output) = await Commands.RunAsync(
            "systemd-analyze", ["security", "--offline=true", $"--threshold={MaxExposure}", .. _units.Select(unit =>
                Repository.PathOf($"samples/Orders/systemd/{unit}"))]);

        exitCode.Should().Be(0, output);
    }

    [Fact]
    public void Units_DifferOnlyInRoleAndOutlastShutdown()
    {
        var api = Lines(_units[0]);
        var worker = Lines(_units[1]);

        worker.Except(api).Should().Equal(
            "Description=Orders: the worker", "Environment=Orders__Role=Worker", "Environment=ASPNETCORE_URLS=http://127.0.0.1:5081");
        worker.Should().HaveCount(api.Length);
        var stop = TimeSpan.FromSeconds(int.Parse(
            api.Single(line => line.StartsWith("TimeoutStopSec=", StringComparison.Ordinal)).Split('=')[1],
            System.Globalization.CultureInfo.InvariantCulture));
        stop.Should().BeGreaterThan(new OffloadedPollingOptions().ShutdownTimeout + TimeSpan.FromSeconds(10));
        api.Should().Contain("Type=notify");
    }

    // The program recognizes systemd by its parent's name in /proc. ProtectProc hides that name: the unit would never become ready.
    [Fact]
    public void Units_KeepParentProcessVisible() =>
        _units.SelectMany(Lines).Should().NotBeEmpty().And.AllSatisfy(line => line.Should().NotMatchRegex("^(ProtectProc|ProcSubset)="));

    [Fact]
    public async Task Orders_StartsAndStops_NotifiesSystemd()
    {
        // A shell named systemd that forwards the signal to stop.
        var manager = Path.Combine(_folder, "systemd");
        File.Copy("/bin/sh", manager);
        const string Run =
            """trap 'kill -TERM "$run"' TERM; setpriv --pdeathsig KILL "$@" & run=$!; wait "$run"; trap - TERM; wait "$run" """;
        var path = Path.Combine(_folder, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        using var files = new SqliteOrdersSettings();
        var settings = files.For();
        settings["NOTIFY_SOCKET"] = path;

        await using var orders = await OrdersProcess.StartAsync(settings, manager, ["-c", Run, "sh", "dotnet", OrdersProcess.Dll]);
        (await ReceiveAsync(socket, orders)).Should().Be("READY=1");
        (await orders.StopAsync()).Should().Be(0);
        (await ReceiveAsync(socket, orders)).Should().Be("STOPPING=1");

        // The journald format: a level prefix, and one line per event.
        orders.Output.Should().Contain("<6>Microsoft.Hosting.Lifetime[0] Application started.");
    }

    private void Install(IEnumerable<string> files, string folder)
    {
        var target = Directory.CreateDirectory(Path.Combine(_folder, folder)).FullName;
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private static string[] Lines(string unit) => File.ReadAllLines(Repository.PathOf($"samples/Orders/systemd/{unit}"));

    private static async Task<string> ReceiveAsync(Socket socket, OrdersProcess orders)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[256];
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, SocketFlags.None, timeout.Token));
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"Orders sent no notification.\n{orders.Output}");
        }
    }
}
