using System.Text.Json;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Polling;

/// <summary>The benchmark <c>polls</c>, whole: it draws its chance from seeds and says the same on every machine.</summary>
public sealed class PollsBenchmarkTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Polls_HoldsWhatIsPromised()
    {
        var (exitCode, printed) = await BenchmarkProcess.RunAsync("polls", "--json");

        output.WriteLine(printed);
        using var report = JsonDocument.Parse(printed);
        var bounds = report.RootElement.GetProperty("bounds").EnumerateArray().ToList();
        Assert.All(bounds, bound => Assert.InRange(
            bound.GetProperty("found").GetDouble(), bound.GetProperty("least").GetDouble(), bound.GetProperty("most").GetDouble()));
        Assert.Equal(0, exitCode);
        Assert.Equal(8 * 7, report.RootElement.GetProperty("rows").GetArrayLength());
        Assert.Equal((7 * 5) + 1 + (4 * 4) + 4 + (6 * 2), bounds.Count);
    }
}
