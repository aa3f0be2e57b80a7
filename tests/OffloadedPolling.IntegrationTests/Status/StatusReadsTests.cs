using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace OffloadedPolling.IntegrationTests.Status;

/// <summary>The short form of the benchmark <c>reads</c>, alone on the machine.</summary>
[Collection(nameof(Alone))]
public sealed partial class StatusReadsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task StatusReads_ServeAtLeastHalfOfWhatABareEndpointDoes()
    {
        var benchmarks = typeof(StatusReadsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "BenchmarksDll").Value!;
        using var run = Process.Start(new ProcessStartInfo("dotnet", [benchmarks, "reads", "9", "0.5"]) { RedirectStandardOutput = true })!;
        using var timeout = new CancellationTokenSource(_timeout);
        string printed;
        try
        {
            printed = await run.StandardOutput.ReadToEndAsync(timeout.Token);
            await run.WaitForExitAsync(timeout.Token);
        }
        finally
        {
            run.Kill(entireProcessTree: true);
        }

        output.WriteLine(printed);

        Assert.Equal(0, run.ExitCode);
        var median = Median().Match(printed);
        Assert.InRange(double.Parse(median.Groups["ratio"].Value, CultureInfo.InvariantCulture), 0.5, 1.2);
    }

    [GeneratedRegex("median: (?<ratio>[0-9.]+) of the bare endpoint's requests per second")]
    private static partial Regex Median();
}

/// <summary>Tests that nothing may run beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
