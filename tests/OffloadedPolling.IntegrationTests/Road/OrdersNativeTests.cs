using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Road;

/// <summary>Orders compiled ahead of time.</summary>
public sealed class OrdersNativeTests : IDisposable
{
    private static readonly TimeSpan _publishTimeout = TimeSpan.FromMinutes(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("orders-native-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PublishAot_WithoutWarnings_AndTheRoadWorks()
    {
        var (exitCode, output) = await PublishAsync();
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);

        using var cloud = await OrdersSettings.CreateAsync();
        await GoTheRoadAsync(cloud.For("All"));
        using var desk = new DeskSettings();
        await GoTheRoadAsync(desk.For());
    }

    private async Task GoTheRoadAsync(Dictionary<string, string> settings)
    {
        await using var orders = await OrdersProcess.StartAsync(settings, Path.Combine(_folder, "publish", "Orders"));
        using var caller = new Caller();
        var created = await caller.WaitForTheEndAsync((await caller.PlaceAsync(orders.Address)).StatusUrl);
        var failed = await caller.WaitForTheEndAsync((await caller.PlaceAsync(orders.Address, "out-of-stock")).StatusUrl);
        var page = await caller.Http.GetStringAsync(orders.Address);

        Assert.Equal(OperationState.Succeeded, created.Status);
        Assert.Equal("Out of stock", failed.Error!.Title);
        Assert.Equal("Ada", created.Result!.Value.GetProperty("customer").GetString());
        Assert.Contains("orders.js", page, StringComparison.Ordinal);
        Assert.Contains("statusUrl", await caller.Http.GetStringAsync(new Uri(orders.Address, "/openapi/v1.json")), StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output)> PublishAsync()
    {
        var project = typeof(OrdersNativeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "OrdersProject").Value!;
        using var publish = Process.Start(new ProcessStartInfo("dotnet", [
            "publish", project, "-c", "Release", "-p:PublishAot=true", "-r", RuntimeInformation.RuntimeIdentifier,
            "--artifacts-path", Path.Combine(_folder, "artifacts"), "-o", Path.Combine(_folder, "publish"), "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        })!;
        using var timeout = new CancellationTokenSource(_publishTimeout);
        var output = await publish.StandardOutput.ReadToEndAsync(timeout.Token);
        await publish.WaitForExitAsync(timeout.Token);
        return (publish.ExitCode, output);
    }
}
