using System.Text;
using Microsoft.AspNetCore.Http;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>samples/OrderClient against a host under a path prefix of a gateway.</summary>
public sealed class OrderClientPrefixTests : IDisposable
{
    private const string Prefix = "/shop/api";

    private readonly SqliteOrdersSettings _files = new();

    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData($"{Prefix}/")]
    [InlineData(Prefix)]
    public async Task OrderClient_HostHasPathPrefix_KeepsPrefix(string path)
    {
        await using var orders = await OrdersProcess.StartAsync(_files.For(processingTime: "00:00:06"));
        await using var gateway = await RecordingProxy.StartAsync(orders.Address);
        gateway.Intercept = context => ForwardAsync(context, orders.Address);

        var (exitCode, output) = await OrderClientProcess.RunAsync(
            "--host", new Uri(gateway.Address, path).ToString(), "--timeout", "00:00:01");
        var command = output.Split('\n').SkipWhile(line => line != "To resume:").Skip(1).FirstOrDefault();

        exitCode.Should().Be(3, output);
        command.Should().Contain($"--host {new Uri(gateway.Address, Prefix)} ");
        var (resumedExitCode, resumed) = await OrderClientProcess.RunCommandLineAsync(command!);
        resumedExitCode.Should().Be(0, resumed);
        gateway.Requests.Select(request => request.Path).Should().HaveCountGreaterThan(1)
            .And.OnlyContain(requested => requested.StartsWith($"{Prefix}/", StringComparison.Ordinal));
        gateway.Requests[0].Should().BeEquivalentTo(new { Method = "POST", Path = $"{Prefix}/order", StatusCode = 202 });
        gateway.Requests[^1].Path.Should().MatchRegex($"^{Prefix}/operations/[0-9a-f]{{32}}/url$");
    }

    // Strips the prefix from requests and adds it to operation URLs, as a host does that knows its prefix.
    private async Task<bool> ForwardAsync(HttpContext context, Uri orders)
    {
        if (!context.Request.Path.StartsWithSegments(Prefix, out var path))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return true;
        }

        using var reader = new StreamReader(context.Request.Body);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(orders, path.Value));
        request.Content = context.Request.Method == "POST"
            ? new StringContent(await reader.ReadToEndAsync(), Encoding.UTF8, "application/json")
            : null;
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        context.Response.StatusCode = (int)response.StatusCode;
        await context.Response.WriteAsync(
            body.Replace("\"operationUrl\":\"/operations/", $"\"operationUrl\":\"{Prefix}/operations/", StringComparison.Ordinal));
        return true;
    }
}
