using System.Collections.Concurrent;
using System.Diagnostics;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>A program in a process of its own, whose output the watch hears. It is killed in the end.</summary>
internal sealed class WatchedProcess : IAsyncDisposable
{
    private readonly string _name;

    private readonly ConcurrentQueue<string> _output = new();

    /// <summary>Starts it.</summary>
    /// <param name="name">What the watch calls it.</param>
    /// <param name="program">An executable, or an assembly for <c>dotnet</c>.</param>
    /// <param name="settings">Variables beside those of this process.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">The folder that it runs in.</param>
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

        // So that the watch hears whatever it could tell; of ASP.NET Core's part, what the settings say.
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

    /// <summary>Ends it with signal 9, as a crash or a power cut does.</summary>
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
