using System.Collections.Concurrent;
using System.Diagnostics;

namespace OffloadedPolling.IntegrationTests.Packages;

/// <summary>A session of bash. It ends with the first command that fails. Disposing it kills everything that runs in it.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _output = new();

    private readonly Process _bash;

    private int _steps;

    public Terminal(string folder)
    {
        var start = new ProcessStartInfo("bash", ["-eu"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in LocalPackages.Environment)
        {
            start.Environment[name] = value;
        }

        _bash = new Process { StartInfo = start };
        _bash.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _bash.Start();
        _bash.BeginOutputReadLine();
        _bash.StandardInput.WriteLine("exec 2>&1");
    }

    public string Output => string.Join('\n', _output);

    /// <summary>Runs commands, and returns what they print.</summary>
    public async Task<string> RunAsync(string commands, TimeSpan timeout)
    {
        var before = _output.Count;
        var end = Start(commands);
        await WaitUntilAsync(() => Task.FromResult(_output.Contains(end)), timeout);
        return string.Join('\n', _output.Skip(before).TakeWhile(line => line != end));
    }

    /// <summary>Starts commands that do not end, and waits until they have an effect.</summary>
    public Task StartAsync(string commands, Func<Task<bool>> isDone, TimeSpan timeout)
    {
        Start(commands);
        return WaitUntilAsync(isDone, timeout);
    }

    public async ValueTask DisposeAsync()
    {
        _bash.Kill(entireProcessTree: true);
        await _bash.WaitForExitAsync();
        _bash.Dispose();
    }

    // In a function, the commands keep the session's variables and folder but cannot read the rest of its input. What they print may not
    // end with a line feed.
    private string Start(string commands)
    {
        var end = $"end of step {++_steps}";
        _bash.StandardInput.Write($"step() {{\n{commands}\n}}\nstep </dev/null\nprintf '\\n%s\\n' '{end}'\n");
        _bash.StandardInput.Flush();
        return end;
    }

    private async Task WaitUntilAsync(Func<Task<bool>> isDone, TimeSpan timeout)
    {
        await Eventually.TrueAsync(
            async () => await isDone() || (_bash.HasExited ? throw new InvalidOperationException($"A command failed:\n{Output}") : false),
            timeout, () => $"the commands do not end:\n{Output}");
    }
}
