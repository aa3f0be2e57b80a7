using System.Diagnostics;
using System.Reflection;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>Runs a benchmark in a separate process.</summary>
internal static class BenchmarkProcess
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(3);

    private static readonly string _dll =
        typeof(BenchmarkProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "BenchmarksDll").Value!;

    public static Task<(int ExitCode, string Printed)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public static async Task<(int ExitCode, string Printed)> RunAsync(Dictionary<string, string> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [_dll, .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var run = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(_timeout);
        try
        {
            var printed = await run.StandardOutput.ReadToEndAsync(timeout.Token);
            await run.WaitForExitAsync(timeout.Token);
            SecrecyWatch.Hear("output", "Benchmarks", printed);
            return (run.ExitCode, printed);
        }
        finally
        {
            run.Kill(entireProcessTree: true);
        }
    }
}
