using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Diagnostics;

/// <summary>In a process of its own: in this one, the watch listens to everything.</summary>
public sealed class InstrumentationBenchmarkTests
{
    [Fact]
    public async Task WithoutAListener_NothingIsAllocated()
    {
        var (exitCode, printed) = await BenchmarkProcess.RunAsync("instrumentation");

        exitCode.Should().Be(0, printed);
        printed.Should().Contain(": 0 while nobody listens");
    }
}
