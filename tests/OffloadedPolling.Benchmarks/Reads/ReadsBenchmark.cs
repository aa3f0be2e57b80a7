using System.Diagnostics;
using System.Globalization;

namespace OffloadedPolling.Benchmarks.Reads;

/// <summary>
/// Compares the status reads of a host on SQLite with a bare endpoint that returns the same bytes. The server runs in a separate process,
/// and both endpoints take turns. The benchmark also reports requests per second of the server's processor time, because a load that does
/// not keep the server busy favors the slower endpoint.
/// </summary>
internal static class ReadsBenchmark
{
    private const int Connections = 16;

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(int rounds, TimeSpan duration)
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ServerArguments())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var bare = new Uri((await server.StandardOutput.ReadLineAsync())!);
        var status = new Uri((await server.StandardOutput.ReadLineAsync())!);
        Measure(server, bare, _warmUp);
        Measure(server, status, _warmUp);

        var (perSecond, perProcessorSecond) = (new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            var (without, with) = (Measure(server, bare, duration), Measure(server, status, duration));
            perSecond.Add(with.PerSecond / without.PerSecond);
            perProcessorSecond.Add(with.PerProcessorSecond / without.PerProcessorSecond);
            Print($"round {round,2}: bare {without}, status {with}, ratio {perSecond[^1]:0.00} ({perProcessorSecond[^1]:0.00})");
        }

        Print($"median: {Median(perSecond):0.000} of the bare endpoint's requests per second");
        Print($"median: {Median(perProcessorSecond):0.000} of its requests per second of processor time");
        server.StandardInput.Close();
        await server.WaitForExitAsync();
        return server.ExitCode;
    }

    private static Rate Measure(Process server, Uri url, TimeSpan duration)
    {
        var (before, watch) = (ProcessorTime(server), Stopwatch.StartNew());
        var answers = Load.Measure(url, Connections, duration, "\"status\":\"Running\"");
        return new Rate(answers / watch.Elapsed.TotalSeconds, answers / (ProcessorTime(server) - before).TotalSeconds);
    }

    private static TimeSpan ProcessorTime(Process server)
    {
        server.Refresh();
        return server.TotalProcessorTime;
    }

    private static double Median(List<double> ratios) => ratios.Order().ElementAt(ratios.Count / 2);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    // The process is the program itself, or `dotnet` with its assembly.
    private static string[] ServerArguments() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [typeof(ReadsBenchmark).Assembly.Location, "reads-server"]
        : ["reads-server"];

    private readonly record struct Rate(double PerSecond, double PerProcessorSecond)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond:N0}/s ({PerProcessorSecond:N0})");
    }
}
