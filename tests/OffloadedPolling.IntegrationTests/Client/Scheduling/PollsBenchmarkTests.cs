using System.Text.Json;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Client.Scheduling;

/// <summary>Runs the complete <c>polls</c> benchmark. Its random numbers are seeded, so the report is the same on every machine.</summary>
public sealed class PollsBenchmarkTests(ITestOutputHelper output)
{
    [Fact]
    public async Task PollsBenchmark_StaysWithinBounds()
    {
        var (exitCode, printed) = await BenchmarkProcess.RunAsync("polls", "--json");

        output.WriteLine(printed);
        using var report = JsonDocument.Parse(printed);
        var bounds = report.RootElement.GetProperty("bounds").EnumerateArray().ToList();
        bounds.Should().AllSatisfy(bound => bound.GetProperty("found").GetDouble()
            .Should().BeInRange(bound.GetProperty("least").GetDouble(), bound.GetProperty("most").GetDouble()));
        exitCode.Should().Be(0);
        report.RootElement.GetProperty("rows").GetArrayLength().Should().Be(8 * 7);
        bounds.Should().HaveCount((7 * 5) + 1 + (4 * 4) + 4 + (6 * 2));
    }
}
