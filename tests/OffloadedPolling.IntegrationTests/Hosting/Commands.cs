using System.Diagnostics;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>Runs programs until they exit.</summary>
internal static class Commands
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(10);

    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(
            program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var run = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(_timeout);
        var errors = run.StandardError.ReadToEndAsync(timeout.Token);
        var output = await run.StandardOutput.ReadToEndAsync(timeout.Token);
        await run.WaitForExitAsync(timeout.Token);
        return (run.ExitCode, output + await errors);
    }
}
