using System.Globalization;
using BenchmarkDotNet.Running;
using OffloadedPolling.Benchmarks;
using OffloadedPolling.Benchmarks.Cpu;
using OffloadedPolling.Benchmarks.Instrumentation;
using OffloadedPolling.Benchmarks.Polls;
using OffloadedPolling.Benchmarks.Reads;
using OffloadedPolling.Benchmarks.Start;

switch (args)
{
    case ["urls"]:
        BenchmarkRunner.Run<UrlBenchmarks>();
        return 0;
    case ["reads"]:
        return await ReadsBenchmark.RunAsync(rounds: 15, TimeSpan.FromSeconds(1));
    case ["reads", var rounds, var seconds]:
        return await ReadsBenchmark.RunAsync(
            int.Parse(rounds, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
    case ["polls", .. var options]:
        return PollsBenchmark.Run(options.Contains("--json"), options.SkipWhile(option => option != "--plots").ElementAtOrDefault(1));
    case ["instrumentation"]:
        return InstrumentationBenchmark.Run();
    case ["start", var native, var jit]:
        return await StartBenchmark.RunAsync(native, jit, rounds: 10);
    case ["start", var native, var jit, var rounds]:
        return await StartBenchmark.RunAsync(native, jit, int.Parse(rounds, CultureInfo.InvariantCulture));
    case ["cpu"]:
        return await CpuBenchmark.RunAsync(rounds: 5, operations: 5_000);
    case ["cpu", var rounds, var operations]:
        return await CpuBenchmark.RunAsync(
            int.Parse(rounds, CultureInfo.InvariantCulture), int.Parse(operations, CultureInfo.InvariantCulture));
    case ["cpu-server"]:
        return await NullServer.RunAsync();
    case ["reads-server"]:
        return await ReadsServer.RunAsync();
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/OffloadedPolling.Benchmarks -- WHAT
              urls                     issuing a status URL, compared with the SDK's GetPreSignedURL
              polls [--json] [--plots FOLDER]   polls and delays of the schedule, compared with common ways to poll and the optimum
              cpu [ROUNDS OPERATIONS]  CPU time of an accept and of a processed operation, compared with hand-written SDK code
              instrumentation          what spans and measurements allocate without a listener
              start NATIVE JIT [ROUNDS]   time from the start of samples/Orders (its executable, and its Orders.dll) to its first 202
              reads [ROUNDS SECONDS]   status reads on SQLite, compared with a bare endpoint that returns the same bytes
            """);
        return 1;
}
