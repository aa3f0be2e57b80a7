using System.Globalization;

namespace OffloadedPolling.Benchmarks.Start;

/// <summary>
/// Measures the time from the start of the samples/Orders process to its first 202. The native and the JIT-compiled program take turns.
/// They run on SQLite with new files, and on S3 and SQS if this process's environment names a bucket and a queue.
/// </summary>
internal static class StartBenchmark
{
    // Loads the programs and their files into the system's cache, and compiles the caller's code.
    private const int WarmUps = 2;

    public static async Task<int> RunAsync(string native, string jit, int rounds)
    {
        Console.WriteLine("""
            | first 202 after the start of the process, ms | compiled ahead of time | by JIT |
            |---|---|---|
            """);
        await CompareAsync("on SQLite", native, jit, rounds, onAws: false);
        if (IsOnAws)
        {
            await CompareAsync("on S3 and SQS", native, jit, rounds, onAws: true);
        }

        return 0;
    }

    private static bool IsOnAws => Environment.GetEnvironmentVariable("OffloadedPolling__S3__BucketName") is not null;

    private static async Task CompareAsync(string what, string native, string jit, int rounds, bool onAws)
    {
        var (ahead, justInTime) = (new List<double>(), new List<double>());
        for (var round = -WarmUps; round < rounds; round++)
        {
            var (one, other) = (await MeasureAsync(native, onAws), await MeasureAsync(jit, onAws));
            if (round >= 0)
            {
                ahead.Add(one.TotalMilliseconds);
                justInTime.Add(other.TotalMilliseconds);
            }
        }

        Console.WriteLine($"| {what} | {Told(ahead)} | {Told(justInTime)} |");
    }

    private static async Task<TimeSpan> MeasureAsync(string program, bool onAws)
    {
        var folder = Directory.CreateTempSubdirectory("start-").FullName;
        try
        {
            return await FirstAccept.MeasureAsync(program, Settings(folder, onAws));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, string?> Settings(string folder, bool onAws)
    {
        var settings = new Dictionary<string, string?> { ["Orders__DataSource"] = Path.Combine(folder, "orders.db") };
        if (!onAws)
        {
            foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name =>
                name.StartsWith("OffloadedPolling__", StringComparison.Ordinal)))
            {
                settings[name] = null;
            }

            settings["OffloadedPolling__Sqlite__DataSource"] = Path.Combine(folder, "polling.db");
        }

        return settings;
    }

    private static string Told(List<double> milliseconds)
    {
        var ordered = milliseconds.Order().ToList();
        var median = (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
        return string.Create(CultureInfo.InvariantCulture, $"{median:0} ({ordered[0]:0} to {ordered[^1]:0})");
    }
}
