using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>samples/Orders as a process of its own.</summary>
internal sealed class OrdersProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private readonly ConcurrentQueue<string> _output = new();

    private OrdersProcess(ProcessStartInfo start, Uri address)
    {
        Address = address;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public string Output => string.Join('\n', _output);

    /// <summary>The program, for <c>dotnet</c>. Beside it lies its executable.</summary>
    public static string Dll { get; } = typeof(OrdersProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "OrdersDll").Value!;

    /// <summary>Starts it, or an <paramref name="executable"/> made of it, and waits until it is healthy.</summary>
    public static async Task<OrdersProcess> StartAsync(
        IReadOnlyDictionary<string, string> settings, string? executable = null, IEnumerable<string>? arguments = null, string? folder = null, Uri? address = null)
    {
        var orders = Launch(settings, executable, arguments, folder, address);
        try
        {
            using var http = new HttpClient();
            await Eventually.TrueAsync(
                async () => orders._process.HasExited || await IsHealthyAsync(http, orders.Address), _startTimeout, () => $"Orders is not healthy.\n{orders.Output}");
            return orders._process.HasExited ? throw new InvalidOperationException($"Orders stopped at its start.\n{orders.Output}") : orders;
        }
        catch
        {
            await orders.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it without waiting for its health, for settings with which it has none.</summary>
    public static OrdersProcess Start(IReadOnlyDictionary<string, string> settings) => Launch(settings);

    /// <summary>Starts it with settings that it should refuse, and returns what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunToExitAsync(IReadOnlyDictionary<string, string> settings)
    {
        await using var orders = Launch(settings);
        using var timeout = new CancellationTokenSource(_startTimeout);
        await orders._process.WaitForExitAsync(timeout.Token);
        return (orders._process.ExitCode, orders.Output);
    }

    /// <summary>Asks it to stop, as a service manager does, and waits until it has.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        using var timeout = new CancellationTokenSource(_startTimeout);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends it with signal 9, as a crash or a power cut does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops the clock for it, as a long collection of garbage or a machine that is moved does.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>The files that are mapped into it: its assemblies among them.</summary>
    public Task<string> LoadedAsync() => File.ReadAllTextAsync($"/proc/{_process.Id}/maps");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static OrdersProcess Launch(
        IReadOnlyDictionary<string, string> settings, string? executable = null, IEnumerable<string>? arguments = null, string? folder = null, Uri? address = null)
    {
        address ??= new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(executable ?? "dotnet", executable is null ? [Dll] : arguments ?? [])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        // So that the watch hears whatever it could tell; of ASP.NET Core's part, what the settings say.
        start.Environment["Logging__LogLevel__Default"] = "Trace";
        start.Environment["URLS"] = address.ToString();
        start.Environment["DOTNET_gcServer"] = "0";
        return new OrdersProcess(start, address);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http, Uri address)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(address, "/health"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // Below the range that the system gives to outgoing connections: a process that is started again finds its port free.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 26_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody's.
            }
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            SecrecyWatch.Hear("output", "Orders", line);
            _output.Enqueue(line);
        }
    }
}
