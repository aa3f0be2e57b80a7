using System.Reflection;
using System.Text;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>A function of samples/Orders.Lambda in a separate process, with an emulated Runtime API.</summary>
internal sealed class FunctionProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The functions' assembly.</summary>
    public static string Dll { get; } = typeof(FunctionProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "LambdaDll").Value!;

    private readonly RuntimeApi _api;

    private readonly WatchedProcess _process;

    private FunctionProcess(RuntimeApi api, WatchedProcess process) => (_api, _process) = (api, process);

    public string Output => _process.Output;

    /// <summary>
    /// Starts the function, or a <paramref name="program"/> built from it (an executable or an assembly), and waits until it requests its
    /// first invocation.
    /// </summary>
    public static async Task<FunctionProcess> StartAsync(
        string handler, IReadOnlyDictionary<string, string> settings, string? program = null)
    {
        var function = await LaunchAsync(handler, settings, program ?? Dll);
        await Task.WhenAny(function._api.Ready, function._api.InitError, function._process.Process.WaitForExitAsync())
            .WaitAsync(_startTimeout);
        return function._api.Ready.IsCompleted ? function : throw new InvalidOperationException(
            $"{handler} did not start.\n{function.Output}");
    }

    /// <summary>Starts it with invalid settings, and returns the error that it reported to Lambda.</summary>
    public static async Task<(int ExitCode, string InitError)> FailToStartAsync(
        string handler, IReadOnlyDictionary<string, string> settings)
    {
        await using var function = await LaunchAsync(handler, settings, Dll);
        var initError = await function._api.InitError.WaitAsync(_startTimeout);
        await function._process.Process.WaitForExitAsync().WaitAsync(_startTimeout);
        return (function._process.Process.ExitCode, initError);
    }

    public Task<(bool Failed, string Answer)> InvokeAsync(string payload) => _api.InvokeAsync(payload);

    /// <summary>Invokes it with a batch of messages.</summary>
    public async Task<Stream> HandleAsync(Stream input)
    {
        using var reader = new StreamReader(input);
        var (failed, answer) = await InvokeAsync(await reader.ReadToEndAsync());
        return failed ? throw new InvalidOperationException(answer) : new MemoryStream(Encoding.UTF8.GetBytes(answer));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _api.DisposeAsync();
    }

    private static async Task<FunctionProcess> LaunchAsync(string handler, IReadOnlyDictionary<string, string> settings, string program)
    {
        var api = await RuntimeApi.StartAsync();
        var variables = new Dictionary<string, string>(settings) { ["AWS_LAMBDA_RUNTIME_API"] = api.Authority, ["_HANDLER"] = handler };
        return new FunctionProcess(api, new WatchedProcess("Orders.Lambda", program, variables));
    }
}
