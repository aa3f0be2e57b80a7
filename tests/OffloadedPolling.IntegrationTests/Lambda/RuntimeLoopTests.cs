using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>The executable's loop, which requests invocations from AWS Lambda.</summary>
public sealed class RuntimeLoopTests
{
    [Theory]
    [InlineData("HTTP_PROXY")]
    [InlineData("http_proxy")]
    [InlineData("ALL_PROXY")]
    public async Task RuntimeApi_ProxyIsSet_IsCalledDirectly(string variable)
    {
        var settings = (await LambdaSettings.CreateAsync()).All();
        settings[variable] = "http://127.0.0.1:9";

        // Lambda does not exclude its own address from the proxy. The tests' S3 must be excluded.
        settings["NO_PROXY"] = settings["no_proxy"] = "localhost";
        settings["AWS_ENDPOINT_URL_S3"] = $"http://localhost:{TestServers.S3.Port}";

        await using var function = await FunctionProcess.StartAsync("ApiFunction", settings);
        var (failed, answer) = await function.InvokeAsync(GatewayEvents.Version2("GET", "/polls"));

        failed.Should().BeFalse(answer);
        GatewayEvents.Read(answer).StatusCode.Should().Be(200);
    }
}
