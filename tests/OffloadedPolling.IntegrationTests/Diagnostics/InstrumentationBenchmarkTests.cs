using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Diagnostics;

/// <summary>Runs in a separate process, because the secrecy watch in this process listens to everything.</summary>
public sealed class InstrumentationBenchmarkTests
{
    [Fact]
    public async Task Instrumentation_NoListener_AllocatesNothing()
    {
        var (exitCode, printed) = await BenchmarkProcess.RunAsync("instrumentation");

        exitCode.Should().Be(0, printed);
        printed.Should().Contain(": 0 while nobody listens");
    }
}
