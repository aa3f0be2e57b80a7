using BenchmarkDotNet.Running;
using OffloadedPolling.Benchmarks;

switch (args)
{
    case ["urls"]:
        BenchmarkRunner.Run<UrlBenchmarks>();
        return 0;
    default:
        Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/OffloadedPolling.Benchmarks -- urls");
        return 1;
}
