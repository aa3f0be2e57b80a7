using System.Globalization;
using System.Text.RegularExpressions;
using OffloadedPolling.IntegrationTests.S3;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>
/// Runs the <c>start</c> benchmark with no other test. The bound is 100 ms. Slower machines, judged by their JIT start time, get
/// proportionally more.
/// </summary>
[Collection(nameof(Alone))]
public sealed partial class StartBenchmarkTests(NativeOrders native, ITestOutputHelper output)
{
    private const double MaxMilliseconds = 100;

    // Machines that start in 100 ms need at least 450 ms with JIT. Load slows the native process more than JIT.
    private const double ShareOfJit = 0.3;

    [Fact]
    public async Task StartBenchmark_CompiledAheadOfTime_StaysWithinBounds()
    {
        using var cloud = await OrdersSettings.CreateAsync();

        var (exitCode, printed) = await BenchmarkProcess.RunAsync(
            cloud.For("All"), "start", await native.ExecutableAsync(), OrdersProcess.Dll);

        output.WriteLine(printed);
        exitCode.Should().Be(0);
        var rows = Row().Matches(printed)
            .ToDictionary(row => row.Groups["what"].Value, row => (Native: Number(row.Groups["native"]), Jit: Number(row.Groups["jit"])));
        rows.Keys.Should().Equal("on SQLite", "on S3 and SQS");
        rows.Values.Should().AllSatisfy(medians => medians.Native.Should()
            .BeInRange(1, Math.Max(MaxMilliseconds, ShareOfJit * medians.Jit)).And.BeLessThan(medians.Jit / 2));
    }

    private static double Number(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    // | what | median (least to most) | median (least to most) |
    [GeneratedRegex(@"\| (?<what>on [\w ]+?) \| (?<native>\d+) \([^|]+\| (?<jit>\d+) \(")]
    private static partial Regex Row();
}
