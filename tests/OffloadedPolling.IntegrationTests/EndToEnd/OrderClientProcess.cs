using System.Diagnostics;
using System.Reflection;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Runs samples/OrderClient in a separate process.</summary>
internal static class OrderClientProcess
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(2);

    private static readonly string _dll = typeof(OrderClientProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "OrderClientDll").Value!;

    /// <summary>Runs it until it exits.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => RunToExitAsync("dotnet", [_dll, .. arguments]);

    /// <summary>Runs a command line as a shell does.</summary>
    public static Task<(int ExitCode, string Output)> RunCommandLineAsync(string commandLine) => RunToExitAsync("sh", ["-c", commandLine]);

    /// <summary>
    /// Runs it until a line contains <paramref name="when"/>, then sends SIGTERM. That stops it like Ctrl+C, whose signal background
    /// processes ignore.
    /// </summary>
    public static Task<(int ExitCode, string Output)> RunAndInterruptAsync(string when, params string[] arguments) =>
        RunToExitAsync("dotnet", [_dll, .. arguments], when);

    private static async Task<(int ExitCode, string Output)> RunToExitAsync(
        string program, IEnumerable<string> arguments, string? interruptWhen = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(_timeout);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            var output = new List<string>();
            while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                SecrecyWatch.Hear("output", "OrderClient", line);
                output.Add(line);
                if (interruptWhen is not null && line.Contains(interruptWhen, StringComparison.Ordinal))
                {
                    interruptWhen = null;
                    using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
                    await kill.WaitForExitAsync(timeout.Token);
                }
            }

            await process.WaitForExitAsync(timeout.Token);
            SecrecyWatch.Hear("output", "OrderClient", await errors);
            return (process.ExitCode, string.Join('\n', output.Append(await errors)));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
