using System.Diagnostics;
using System.Reflection;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>Runs samples/Orders in a separate process.</summary>
internal sealed class OrdersProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);

    private readonly WatchedProcess _process;

    private OrdersProcess(WatchedProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public string Output => _process.Output;

    /// <summary>Gets the path of the assembly, for <c>dotnet</c>. The executable is in the same folder.</summary>
    public static string Dll { get; } = typeof(OrdersProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "OrdersDll").Value!;

    /// <summary>
    /// Starts Orders, or another build of it (<paramref name="program"/>, an executable or an assembly), and waits until it is healthy.
    /// </summary>
    public static async Task<OrdersProcess> StartAsync(
        IReadOnlyDictionary<string, string> settings,
        string? program = null,
        IEnumerable<string>? arguments = null,
        string? folder = null,
        Uri? address = null) =>
        await WhenHealthyAsync(Launch(settings, program, arguments, folder, address));

    /// <summary>Starts Orders with settings or arguments that set its address, and waits until it is healthy there.</summary>
    public static Task<OrdersProcess> StartAtAsync(
        Uri address, IReadOnlyDictionary<string, string> settings, IEnumerable<string>? arguments = null, string? program = null) =>
        WhenHealthyAsync(new OrdersProcess(new WatchedProcess("Orders", program ?? Dll, settings, arguments), address));

    /// <summary>Starts Orders with settings that set its address, without waiting until it is healthy.</summary>
    public static OrdersProcess StartAt(Uri address, IReadOnlyDictionary<string, string> settings) =>
        new(new WatchedProcess("Orders", Dll, settings), address);

    private static async Task<OrdersProcess> WhenHealthyAsync(OrdersProcess orders)
    {
        try
        {
            using var http = new HttpClient(TestCertificate.NewHandler());
            await Eventually.TrueAsync(
                async () => orders._process.Process.HasExited || await IsHealthyAsync(http, orders.Address), _startTimeout,
                () => $"Orders is not healthy.\n{orders.Output}");
            return orders._process.Process.HasExited
                ? throw new InvalidOperationException($"Orders stopped during startup.\n{orders.Output}")
                : orders;
        }
        catch
        {
            await orders.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts Orders without waiting until it is healthy, for settings with which it never is.</summary>
    public static OrdersProcess Start(IReadOnlyDictionary<string, string> settings) => Launch(settings);

    /// <summary>Starts Orders with settings that it must reject, and returns its exit code and output.</summary>
    public static async Task<(int ExitCode, string Output)> RunToExitAsync(IReadOnlyDictionary<string, string> settings)
    {
        await using var orders = Launch(settings);
        using var timeout = new CancellationTokenSource(_startTimeout);
        await orders._process.Process.WaitForExitAsync(timeout.Token);
        return (orders._process.Process.ExitCode, orders.Output);
    }

    /// <summary>Sends SIGTERM, as a service manager does, and waits until the process has stopped.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        using var timeout = new CancellationTokenSource(_startTimeout);
        await _process.Process.WaitForExitAsync(timeout.Token);
        return _process.Process.ExitCode;
    }

    /// <summary>Sends SIGKILL, which ends the process like a crash or a power failure.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Sends SIGSTOP, which pauses the process like a long garbage collection or a VM migration.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Sends SIGCONT, which resumes the process.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Returns the files that are mapped into the process, including its assemblies.</summary>
    public Task<string> LoadedAsync() => File.ReadAllTextAsync($"/proc/{_process.Process.Id}/maps");

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static OrdersProcess Launch(
        IReadOnlyDictionary<string, string> settings, string? program = null, IEnumerable<string>? arguments = null, string? folder = null,
        Uri? address = null)
    {
        address ??= new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var variables = new Dictionary<string, string>(settings) { ["URLS"] = address.ToString(), ["DOTNET_gcServer"] = "0" };
        return new OrdersProcess(new WatchedProcess("Orders", program ?? Dll, variables, arguments, folder), address);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start(
            "kill", [$"-{signal}", _process.Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        kill.ExitCode.Should().Be(0);
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
}
