using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>What samples/OrderClient prints for orders that it has not polled yet, and for documents that are too large.</summary>
public sealed class OrderClientOutputTests : IDisposable
{
    private readonly SqliteOrdersSettings _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task OneOrder_BeforeFirstPoll_PrintsNotPolledYet()
    {
        await using var orders = await OrdersProcess.StartAsync(Slow());

        var (_, output) = await OrderClientProcess.RunAndInterruptAsync("Checking stock", "--host", orders.Address.ToString());

        var lines = output.Split('\n');
        lines[0].Should().MatchRegex("^Accepted, not polled yet, about [0-9]+ s left$");
        lines.Should().Contain(line => line.StartsWith("Checking stock", StringComparison.Ordinal));
        output.Should().NotContain("any moment");
    }

    [Fact]
    public async Task ManyOrders_BeforeFirstPoll_AreNotCountedAsWaiting()
    {
        var settings = Slow();
        settings["OffloadedPolling__Operations__orders__ExpectedMedian"] = "00:30:00";
        settings["OffloadedPolling__Operations__orders__ExpectedUpper"] = "00:40:00";
        await using var orders = await OrdersProcess.StartAsync(settings);

        var (_, output) = await OrderClientProcess.RunAsync("--host", orders.Address.ToString(), "--count", "20", "--timeout", "00:00:05");

        var tallies = output.Split('\n').Where(line => line.Contains(" running, ", StringComparison.Ordinal));
        tallies.Should().NotBeEmpty().And.OnlyContain(line => line == "0 done, 0 failed, 0 running, 0 waiting, 20 not polled yet");
    }

    [Fact]
    public async Task LargeDocument_IsRejectedAndLongProblemIsTruncated()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var store = await RecordingProxy.StartAsync(address);
        var settings = _files.For();
        settings["OffloadedPolling__Sqlite__PublicBaseUrl"] = store.Address.ToString();
        await using var orders = await OrdersProcess.StartAsync(settings, address: address);
        var lengths = new Queue<int>([15_000_000, 1_500_000]);
        store.Intercept = async context =>
        {
            var id = context.Request.Path.Value!.Split('/')[^2];
            await context.Response.WriteAsync(FailedBecause(new string('x', lengths.Dequeue()), id));
            return true;
        };

        var (exitCode, output) = await OrderClientProcess.RunAsync("--host", orders.Address.ToString());

        exitCode.Should().Be(1);
        lengths.Should().BeEmpty("the 15 MB document is rejected, and the poll is repeated");
        output.Should().MatchRegex("1 failed: Out of stock: x+…");
        output.Length.Should().BeLessThan(2_000);
    }

    private static string FailedBecause(string detail, string id) => JsonSerializer.Serialize(
        TestDocuments.Waiting(id) with
        {
            State = OperationState.Failed,
            Error = new OperationProblem { Title = "Out of stock", Detail = detail },
        },
        OperationJson.Status);

    private Dictionary<string, string> Slow()
    {
        var settings = _files.For(processingTime: "01:00:00");
        settings["OffloadedPolling__Operations__orders__ExpectedMedian"] = "00:01:00";
        settings["OffloadedPolling__Operations__orders__ExpectedUpper"] = "00:02:00";
        return settings;
    }
}
