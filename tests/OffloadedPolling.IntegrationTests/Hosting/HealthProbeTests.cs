using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary><c>Orders --health</c>, as a container platform runs it.</summary>
public sealed class HealthProbeTests
{
    [Theory]
    [InlineData("http://*:{0}")]
    [InlineData("http://+:{0};http://+:1")]
    [InlineData("http://0.0.0.0:{0}/")]
    [InlineData("http://[::]:{0}")]
    [InlineData("http://127.0.0.1:{0}")]
    public async Task Health_AnyUrlForm_ProbesFirstUrl(string urls)
    {
        using var files = new SqliteOrdersSettings();
        await using var orders = await OrdersProcess.StartAsync(files.For());

        var (exitCode, output) = await ProbeAsync(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, urls, orders.Address.Port));

        output.Should().Be("Healthy");
        exitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:5080")]
    [InlineData("http://")]
    [InlineData("net.tcp://localhost:5080")]
    public async Task Health_InvalidUrl_FailsWithReason(string urls)
    {
        var (exitCode, output) = await ProbeAsync(urls);

        exitCode.Should().Be(1);
        output.Should().Be(
            $"'{urls}' is not an address to listen on. Write scheme, host and port, such as http://+:8080, "
            + "in ASPNETCORE_URLS or Kestrel:Endpoints.");
    }

    [Fact]
    public async Task Health_NoListener_FailsWithUrl()
    {
        var urls = $"http://*:{FreePort.Next()}";

        var (exitCode, output) = await ProbeAsync(urls);

        exitCode.Should().Be(1);
        output.Should().StartWith($"Orders does not respond at {urls}: ");
    }

    private static async Task<(int ExitCode, string Output)> ProbeAsync(string urls)
    {
        var (exitCode, output) = await Commands.RunAsync(
            "dotnet", [OrdersProcess.Dll, "--health"], environment: new Dictionary<string, string> { ["URLS"] = urls });
        return (exitCode, output.Trim());
    }
}
