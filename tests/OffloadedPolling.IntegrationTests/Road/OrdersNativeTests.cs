using OffloadedPolling.IntegrationTests.Diagnostics;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Road;

/// <summary>Orders compiled ahead of time.</summary>
public sealed class OrdersNativeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orders-native-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PublishAot_WithoutWarnings_AndTheRoadWorks()
    {
        var orders = await NativePublish.RunAsync("Orders", _folder);

        await using var receiver = await OtlpReceiver.StartAsync();
        using var cloud = await OrdersSettings.CreateAsync();
        await GoTheRoadAsync(orders, cloud.For("All").Concat(receiver.Settings).ToDictionary());
        await receiver.HasReceivedAsync("offloaded_polling.operations.ended");
        using var desk = new DeskSettings();
        await GoTheRoadAsync(orders, desk.For());
    }

    private static async Task GoTheRoadAsync(string executable, Dictionary<string, string> settings)
    {
        await using var orders = await OrdersProcess.StartAsync(settings, executable);
        using var caller = new Caller();
        var created = await caller.WaitForTheEndAsync((await caller.PlaceAsync(orders.Address)).StatusUrl);
        var failed = await caller.WaitForTheEndAsync((await caller.PlaceAsync(orders.Address, "out-of-stock")).StatusUrl);
        var page = await caller.Http.GetStringAsync(orders.Address);

        Assert.Equal(OperationState.Succeeded, created.Status);
        Assert.Equal("Out of stock", failed.Error!.Title);
        Assert.Equal("Ada", created.Result!.Value.GetProperty("customer").GetString());
        Assert.Contains("orders.js", page, StringComparison.Ordinal);
        var document = await caller.Http.GetStringAsync(new Uri(orders.Address, "/openapi/v1.json"));
        Assert.Contains("statusUrl", document, StringComparison.Ordinal);
        Assert.Contains("Operation-Location", document, StringComparison.Ordinal);
    }
}
