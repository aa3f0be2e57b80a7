using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>A function of samples/Orders.Lambda in a process of its own, with Lambda's side beside it.</summary>
internal sealed class FunctionProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(60);

    private static readonly string _dll = typeof(FunctionProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "LambdaDll").Value!;

    private readonly RuntimeApi _api;

    private readonly Process _process;

    private readonly ConcurrentQueue<string> _output = new();

    private FunctionProcess(RuntimeApi api, ProcessStartInfo start)
    {
        _api = api;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    /// <summary>Starts it, or a <paramref name="program"/> made of it, an executable or one for <c>dotnet</c>, and waits until it asks for work.</summary>
    public static async Task<FunctionProcess> StartAsync(string handler, IReadOnlyDictionary<string, string> settings, string? program = null)
    {
        var function = await LaunchAsync(handler, settings, program ?? _dll);
        await Task.WhenAny(function._api.Ready, function._api.InitError, function._process.WaitForExitAsync()).WaitAsync(_startTimeout);
        return function._api.Ready.IsCompleted ? function : throw new InvalidOperationException($"{handler} did not start.\n{function.Output}");
    }

    /// <summary>Starts it with settings that it should refuse, and returns what it told Lambda.</summary>
    public static async Task<(int ExitCode, string InitError)> FailToStartAsync(string handler, IReadOnlyDictionary<string, string> settings)
    {
        await using var function = await LaunchAsync(handler, settings, _dll);
        var initError = await function._api.InitError.WaitAsync(_startTimeout);
        await function._process.WaitForExitAsync().WaitAsync(_startTimeout);
        return (function._process.ExitCode, initError);
    }

    public Task<(bool Failed, string Answer)> InvokeAsync(string payload) => _api.InvokeAsync(payload);

    /// <summary>As a function that a queue's batches go to.</summary>
    public async Task<Stream> HandleAsync(Stream input)
    {
        using var reader = new StreamReader(input);
        var (failed, answer) = await InvokeAsync(await reader.ReadToEndAsync());
        return failed ? throw new InvalidOperationException(answer) : new MemoryStream(Encoding.UTF8.GetBytes(answer));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        await _api.DisposeAsync();
    }

    private static async Task<FunctionProcess> LaunchAsync(string handler, IReadOnlyDictionary<string, string> settings, string program)
    {
        var api = await RuntimeApi.StartAsync();
        var isDll = Path.GetExtension(program) == ".dll";
        var start = new ProcessStartInfo(isDll ? "dotnet" : program, isDll ? [program] : []) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        start.Environment["AWS_LAMBDA_RUNTIME_API"] = api.Authority;
        start.Environment["_HANDLER"] = handler;
        start.Environment["Logging__LogLevel__Default"] = "Trace";
        return new FunctionProcess(api, start);
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            SecrecyWatch.Hear("output", "Orders.Lambda", line);
            _output.Enqueue(line);
        }
    }
}
