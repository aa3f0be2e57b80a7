using System.Globalization;
using System.Text.RegularExpressions;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Runs the short form of the benchmark <c>reads</c>, with no other test in parallel.</summary>
[Collection(nameof(Alone))]
public sealed partial class StatusReadsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task StatusReads_ReachHalfOfBareEndpointThroughput()
    {
        var (exitCode, printed) = await BenchmarkProcess.RunAsync("reads", "9", "0.5");
        output.WriteLine(printed);

        exitCode.Should().Be(0);
        var median = Median().Match(printed);
        double.Parse(median.Groups["ratio"].Value, CultureInfo.InvariantCulture).Should().BeInRange(0.5, 1.2);
    }

    [GeneratedRegex("median: (?<ratio>[0-9.]+) of the bare endpoint's requests per second")]
    private static partial Regex Median();
}

/// <summary>Tests that must not run in parallel with others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
