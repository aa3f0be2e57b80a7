using System.Collections.Concurrent;
using System.Diagnostics;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>A program in a separate process whose output is checked for secrets. It is killed when it is disposed.</summary>
internal sealed class WatchedProcess : IAsyncDisposable
{
    private readonly string _name;

    private readonly ConcurrentQueue<string> _output = new();

    /// <summary>Starts the program.</summary>
    /// <param name="name">The name of the process for the secrecy watch.</param>
    /// <param name="program">An executable, or an assembly for <c>dotnet</c>.</param>
    /// <param name="settings">Environment variables in addition to those of this process.</param>
    /// <param name="arguments">The arguments of the program.</param>
    /// <param name="folder">The working directory.</param>
    public WatchedProcess(
        string name, string program, IEnumerable<KeyValuePair<string, string>> settings, IEnumerable<string>? arguments = null,
        string? folder = null)
    {
        _name = name;
        var isDll = Path.GetExtension(program) == ".dll";
        string[] all = [.. isDll ? [program] : Array.Empty<string>(), .. arguments ?? []];
        var start = new ProcessStartInfo(
            isDll ? "dotnet" : program, all) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in settings)
        {
            start.Environment[variable] = value;
        }

        // The watch must check everything that the program can log. The settings decide what ASP.NET Core logs.
        start.Environment["Logging__LogLevel__Default"] = "Trace";
        Process = new Process { StartInfo = start };
        Process.OutputDataReceived += (_, line) => Keep(line.Data);
        Process.ErrorDataReceived += (_, line) => Keep(line.Data);
        Process.Start();
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public string Output => string.Join('\n', _output);

    /// <summary>Sends SIGKILL, which ends the process like a crash or a power failure.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            await KillAsync();
        }

        Process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            SecrecyWatch.Hear("output", _name, line);
            _output.Enqueue(line);
        }
    }
}
