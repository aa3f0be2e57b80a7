using System.Diagnostics;
using System.Reflection;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>samples/Orders as a process of its own.</summary>
internal sealed class OrdersProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);

    private readonly WatchedProcess _process;

    private OrdersProcess(WatchedProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public string Output => _process.Output;

    /// <summary>The program, for <c>dotnet</c>. Beside it lies its executable.</summary>
    public static string Dll { get; } = typeof(OrdersProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "OrdersDll").Value!;

    /// <summary>
    /// Starts it, or a <paramref name="program"/> made of it, an executable or an assembly, and waits until it is healthy.
    /// </summary>
    public static async Task<OrdersProcess> StartAsync(
        IReadOnlyDictionary<string, string> settings,
        string? program = null,
        IEnumerable<string>? arguments = null,
        string? folder = null,
        Uri? address = null) =>
        await WhenHealthyAsync(Launch(settings, program, arguments, folder, address));

    /// <summary>Starts it with settings or arguments that say themselves where it listens, and waits until it is healthy there.</summary>
    public static Task<OrdersProcess> StartAtAsync(
        Uri address, IReadOnlyDictionary<string, string> settings, IEnumerable<string>? arguments = null, string? program = null) =>
        WhenHealthyAsync(new OrdersProcess(new WatchedProcess("Orders", program ?? Dll, settings, arguments), address));

    /// <summary>Starts it with settings that say themselves where it listens, without waiting for anything.</summary>
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
                ? throw new InvalidOperationException($"Orders stopped at its start.\n{orders.Output}")
                : orders;
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
        await orders._process.Process.WaitForExitAsync(timeout.Token);
        return (orders._process.Process.ExitCode, orders.Output);
    }

    /// <summary>Asks it to stop, as a service manager does, and waits until it has.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        using var timeout = new CancellationTokenSource(_startTimeout);
        await _process.Process.WaitForExitAsync(timeout.Token);
        return _process.Process.ExitCode;
    }

    /// <summary>Ends it with signal 9, as a crash or a power cut does.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Stops the clock for it, as a long collection of garbage or a machine that is moved does.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>The files that are mapped into it: its assemblies among them.</summary>
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
