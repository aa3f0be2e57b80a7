using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;
using static Microsoft.Playwright.Assertions;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>The page of Orders with failures, cancellation and reloads.</summary>
public sealed class PageFaultTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly SqliteOrdersSettings _files = new();

    private readonly List<string> _errors = [];

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Host_IsKilled_ShowsConnectionLostUntilRestart()
    {
        var settings = Settings("00:00:10");
        var orders = await OrdersProcess.StartAsync(settings);
        var page = await VisitAsync(orders);
        await PlaceAsync(page);
        await Expect(State(page)).ToHaveTextAsync("In progress", Patience());

        await orders.KillAsync();

        var connection = page.Locator(".order .connection");
        await Expect(connection).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(connection).ToHaveTextAsync("Connection lost, retrying");
        await orders.DisposeAsync();
        await using var again = await OrdersProcess.StartAsync(settings, address: orders.Address);
        await Expect(State(page)).ToHaveTextAsync("Done", Patience());
        await Expect(connection).ToBeHiddenAsync();
        _errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Reload_StoreReturnsErrors_KeepsOrder()
    {
        await using var orders = await OrdersProcess.StartAsync(Settings("00:00:02"));
        var page = await VisitAsync(orders);
        var errorsLeft = int.MaxValue;
        await page.RouteAsync("**/operations/*/status?*", route => errorsLeft-- > 0
            ? route.FulfillAsync(new() { Status = 503, Headers = [new("Access-Control-Allow-Origin", "*")] })
            : route.ContinueAsync());
        await PlaceAsync(page);
        await Expect(page.Locator(".order")).ToHaveCountAsync(1, new() { Timeout = 60_000 });

        errorsLeft = 6;
        await page.ReloadAsync();

        await Expect(State(page)).ToHaveTextAsync("Done", Patience());
        errorsLeft.Should().BeNegative();
        _errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Order_ResponseIsLost_RetryPlacesItOnce()
    {
        await using var orders = await OrdersProcess.StartAsync(Settings("00:00:00.2"));
        var page = await VisitAsync(orders);
        var operations = new List<string>();
        await page.RouteAsync("**/order", async route =>
        {
            var response = await route.FetchAsync();
            operations.Add((await response.JsonAsync())!.Value.GetProperty("id").GetString()!);
            await (operations.Count == 1 ? route.AbortAsync() : route.FulfillAsync(new() { Response = response }));
        });
        await PlaceAsync(page);
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The shop cannot be reached. Please try again.", Patience());

        await PlaceAsync(page);

        await Expect(State(page)).ToHaveTextAsync("Done", Patience());
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();
        await PlaceAsync(page);
        await Expect(State(page)).ToHaveTextAsync(["Done", "Done"], new() { Timeout = 60_000 });
        operations.Should().HaveCount(3);
        operations[1].Should().Be(operations[0]);
        operations[2].Should().NotBe(operations[0], "the same order can be placed again");
        _errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Order_FailsWithoutProblem_ShowsFailed()
    {
        await using var orders = await OrdersProcess.StartAsync(Settings("00:00:00.2"));
        var page = await VisitAsync(orders);
        await page.RouteAsync("**/operations/*/status?*", async route =>
        {
            var response = await route.FetchAsync();
            var document = JsonNode.Parse(await response.TextAsync())!;
            document["status"] = "Failed";
            await route.FulfillAsync(new() { Response = response, Body = document.ToJsonString() });
        });

        await PlaceAsync(page);

        await Expect(State(page)).ToHaveTextAsync("Failed", Patience());
        await Expect(page.Locator(".order .outcome")).ToHaveTextAsync("This order failed.");
    }

    [Fact]
    public async Task Cancel_OrderIsRunning_ShowsCanceled()
    {
        await using var orders = await OrdersProcess.StartAsync(Settings("01:00:00"));
        var page = await VisitAsync(orders);
        await PlaceAsync(page);
        await Expect(State(page)).ToHaveTextAsync("In progress", Patience());

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await Expect(page.Locator(".order .canceling")).ToHaveTextAsync("Canceling…", Patience());
        await Expect(State(page)).ToHaveTextAsync("Canceled", Patience());
        await Expect(page.Locator(".order .outcome")).ToHaveTextAsync("This order was canceled.");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeHiddenAsync();
        _errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancel_HostIsUnreachable_CanBeRetried()
    {
        await using var orders = await OrdersProcess.StartAsync(Settings("01:00:00"));
        var page = await VisitAsync(orders);
        await PlaceAsync(page);
        await page.RouteAsync("**/cancel", route => route.AbortAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await Expect(page.Locator(".order .canceling")).ToHaveTextAsync("The shop cannot be reached. Please try again.", Patience());
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeEnabledAsync();
    }

    [Fact]
    public async Task Reload_EndedOrders_AreShownWithoutPolling()
    {
        await using var orders = await OrdersProcess.StartAsync(Settings("00:00:00.2"));
        var page = await VisitAsync(orders);
        await PlaceAsync(page);
        await Expect(State(page)).ToHaveTextAsync("Done", Patience());
        await page.GetByLabel("More: Falling star").ClickAsync();
        await PlaceAsync(page);
        await Expect(State(page).First).ToHaveTextAsync("Failed", Patience());
        var requested = new List<string>();
        page.Request += (_, request) => requested.Add(new Uri(request.Url).AbsolutePath);

        await page.ReloadAsync();

        await Expect(State(page)).ToHaveTextAsync(["Failed", "Done"]);
        await Expect(page.Locator(".order .outcome")).ToHaveTextAsync(
            ["Out of stock. Falling star has sold out (ordered: 1).", "Ready for Ada Lovelace. Thank you!"]);
        await Expect(page.Locator(".order .what")).ToHaveTextAsync(["1 × Book, 1 × Falling star", "1 × Book"]);
        await Expect(page.Locator("#none")).ToBeHiddenAsync();
        requested.Should().NotContain(path => path.StartsWith("/operations/", StringComparison.Ordinal));
        _errors.Should().BeEmpty();
    }

    [Theory]
    [InlineData("Object.defineProperty(window, 'sessionStorage', { get: () => { throw new DOMException('denied', 'SecurityError'); } })")]
    [InlineData("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")]
    [InlineData("Storage.prototype.getItem = () => '{ not json'")]
    [InlineData("Storage.prototype.getItem = () => '{}'")]
    public async Task SessionStorage_Fails_OrderIsStillFollowed(string storage)
    {
        await using var orders = await OrdersProcess.StartAsync(Settings("00:00:01"));
        var page = await browser.NewPageAsync(_errors);
        await page.AddInitScriptAsync(storage);
        await page.GotoAsync(orders.Address.ToString());

        await PlaceAsync(page);

        await Expect(State(page)).ToHaveTextAsync("Done", Patience());
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();
        _errors.Should().BeEmpty();
    }

    // Real servers on two cores, with other tests in parallel.
    private static LocatorAssertionsToHaveTextOptions Patience() => new() { Timeout = 60_000 };

    private static ILocator State(IPage page) => page.Locator(".order .state");

    private static Task PlaceAsync(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Place order" }).ClickAsync();

    private Dictionary<string, string> Settings(string processingTime)
    {
        var settings = _files.For(processingTime: processingTime);
        settings["OffloadedPolling__MinProgressInterval"] = "00:00:00.5";
        // Messages of a killed process are redelivered soon, and cancellation is noticed soon.
        settings["OffloadedPolling__Operations__orders__VisibilityTimeout"] = "00:00:06";
        return settings;
    }

    private async Task<IPage> VisitAsync(OrdersProcess orders)
    {
        var page = await browser.NewPageAsync(_errors);
        await page.GotoAsync(orders.Address.ToString());
        return page;
    }
}
