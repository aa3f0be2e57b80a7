using System.Net;
using System.Net.Http.Json;
using OffloadedPolling.IntegrationTests.Diagnostics;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Orders compiled ahead of time without warnings, on both providers.</summary>
public sealed class OrdersNativeTests(NativeOrders native) : IDisposable
{
    private readonly Caller _caller = new();

    private readonly EitherProvider _provider = new();

    public void Dispose()
    {
        _caller.Dispose();
        _provider.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Published_RunsOrdersAndServesEndpoints(bool onAws)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var settings = (await _provider.SettingsAsync(onAws, "00:00:00.05")).Concat(receiver.Settings).ToDictionary();
        await using var orders = await OrdersProcess.StartAsync(settings, await native.ExecutableAsync());

        var accepted = await _caller.PlaceAsync(orders.Address);
        var created = await _caller.WaitForTheEndAsync(accepted.StatusUrl);
        created.State.Should().Be(OperationState.Succeeded);
        created.Result!.Value.GetProperty("customer").GetString().Should().Be("Ada");
        var renewed = await _caller.Http.GetFromJsonAsync(new Uri(orders.Address, $"{accepted.OperationUrl}/url"), OperationJson.Accepted);
        (await _caller.PollAsync(renewed!.StatusUrl)).State.Should().Be(OperationState.Succeeded);
        using var order = await _caller.Http.GetAsync(new Uri(orders.Address, created.ResourceLocation!));
        using var tooLate = await _caller.Http.PostAsync(new Uri(orders.Address, $"{accepted.OperationUrl}/cancel"), null);
        using var wrong = await _caller.PostAsync(orders.Address, """{"customer":"Ada","items":[]}""");
        (order.StatusCode, tooLate.StatusCode, wrong.StatusCode, wrong.Content.Headers.ContentType!.MediaType)
            .Should().Be((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.BadRequest, "application/problem+json"));

        var failed = await _caller.WaitForTheEndAsync((await _caller.PlaceAsync(orders.Address, "out-of-stock")).StatusUrl);
        failed.Error!.Title.Should().Be("Out of stock");
        (await _caller.Http.GetStringAsync(new Uri(orders.Address, "/health"))).Trim().Should().Be("Healthy");
        (await _caller.Http.GetStringAsync(orders.Address)).Should().Contain("orders.js");
        var document = await _caller.Http.GetStringAsync(new Uri(orders.Address, "/openapi/v1.json"));
        document.Should().Contain("statusUrl");
        document.Should().Contain("Operation-Location");
        await receiver.HasReceivedAsync("offloaded_polling.operations.ended");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Published_CancelRunningOrder_EndsAsCanceled(bool onAws)
    {
        await using var orders = await OrdersProcess.StartAsync(
            await _provider.SettingsAsync(onAws, "01:00:00"), await native.ExecutableAsync());
        var accepted = await _caller.PlaceAsync(orders.Address);
        await Eventually.TrueAsync(
            async () => (await _caller.PollAsync(accepted.StatusUrl)).State == OperationState.Running, TimeSpan.FromSeconds(60),
            () => orders.Output);

        using var canceled = await _caller.Http.PostAsync(new Uri(orders.Address, $"{accepted.OperationUrl}/cancel"), null);

        canceled.StatusCode.Should().Be(HttpStatusCode.Accepted);
        (await _caller.WaitForTheEndAsync(accepted.StatusUrl)).State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task Published_DatabaseFileReplaced_Returns503()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot replace an open file.");
        using var files = new SqliteOrdersSettings();
        await using var orders = await OrdersProcess.StartAsync(files.For(), await native.ExecutableAsync());
        await _caller.PlaceAsync(orders.Address);
        File.Copy(files.DataSource, files.DataSource + ".copy");
        File.Move(files.DataSource + ".copy", files.DataSource, overwrite: true);

        using var refused = await _caller.PostAsync(orders.Address, """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""");

        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }
}
