using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>The page of Orders in a real browser, on SQLite and on S3.</summary>
public sealed partial class PageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Sqlite = "on SQLite", Cloud = "on S3";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    // Real servers on two cores, with other tests in parallel.
    private static readonly LocatorAssertionsToHaveTextOptions _patience = new() { Timeout = 60_000 };

    private readonly List<string> _errors = [];

    [Theory]
    [InlineData(Sqlite)]
    [InlineData(Cloud)]
    public async Task Order_IsRunning_ShowsProgressAndOutcome(string where)
    {
        await using var shop = await OpenAsync(where, settings => Configure(settings, processingTime: "00:00:06"));
        var page = await VisitAsync(shop);

        await page.GetByLabel("More: Teapot").ClickAsync();
        await PlaceAsync(page);

        var card = page.Locator(".order");
        await Expect(card.Locator(".what")).ToHaveTextAsync("1 × Book, 1 × Teapot");
        await Expect(card.Locator(".state")).ToHaveTextAsync("In progress", new() { Timeout = 60_000 });
        var (shown, messages) = (new List<int>(), new HashSet<string>());
        await Eventually.TrueAsync(
            async () =>
            {
                shown.Add(int.Parse((await card.GetByRole(AriaRole.Progressbar).GetAttributeAsync("aria-valuenow"))!, null));
                messages.Add(await card.Locator(".message").InnerTextAsync());
                return await card.Locator(".state").InnerTextAsync() == "Done";
            },
            _timeout, () => $"the page shows {string.Join(", ", shown)} and {string.Join(", ", messages)}");

        shown.Distinct().Count().Should().BeGreaterThan(5, $"the bar showed {string.Join(", ", shown.Distinct())}");
        int.Parse((await card.GetByRole(AriaRole.Progressbar).GetAttributeAsync("aria-valuenow"))!, null).Should().Be(100);
        messages.Intersect(["Checking stock", "Reserving stock", "Taking payment", "Packing"]).Count()
            .Should().BeGreaterThanOrEqualTo(2, string.Join(", ", messages));
        await Expect(card.Locator(".outcome")).ToHaveTextAsync("Ready for Ada Lovelace. Thank you!");
        _errors.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Sqlite)]
    [InlineData(Cloud)]
    public async Task Order_OutOfStock_ShowsProblem(string where)
    {
        await using var shop = await OpenAsync(where, settings => Configure(settings, processingTime: "00:00:00.2"));
        var page = await VisitAsync(shop);

        await page.GetByLabel("More: Falling star").ClickAsync();
        await PlaceAsync(page);

        var card = page.Locator(".order");
        await Expect(card.Locator(".state")).ToHaveTextAsync("Failed", _patience);
        await Expect(card.Locator(".outcome")).ToHaveTextAsync("Out of stock. Falling star has sold out (ordered: 1).");
        _errors.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Sqlite)]
    [InlineData(Cloud)]
    public async Task StatusUrl_Expires_IsRenewed(string where)
    {
        await using var shop = await OpenAsync(where, settings =>
        {
            Configure(settings, processingTime: "00:00:08");
            // S3 counts whole seconds, so a URL is valid for at least two: enough time to use it on a busy machine.
            settings["OffloadedPolling__UrlLifetime"] = "00:00:03";
        });
        var page = await VisitAsync(shop);
        var renewals = 0;
        page.Request += (_, request) => renewals += RenewalPath().IsMatch(new Uri(request.Url).AbsolutePath) ? 1 : 0;

        await PlaceAsync(page);

        await Expect(page.Locator(".order .state")).ToHaveTextAsync("Done", _patience);
        renewals.Should().BeGreaterThanOrEqualTo(1, "the page never requested a new URL");
        _errors.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Sqlite, "(without a cloud, the host replaces S3)")]
    [InlineData(Cloud, "(S3 answers them)")]
    public async Task Polls_AnsweredByHost_AreCounted(string where, string why)
    {
        await using var shop = await OpenAsync(where, settings => Configure(settings, processingTime: "00:00:01"));
        var page = await VisitAsync(shop);

        await PlaceAsync(page);
        await Expect(page.Locator(".order .state")).ToHaveTextAsync("Done", _patience);

        await Expect(page.Locator("#polls-why")).ToHaveTextAsync(why);
        using var http = new HttpClient();
        var counted = (await http.GetFromJsonAsync<JsonElement>(new Uri(shop.Orders.Address, "/polls")))
            .GetProperty("answeredByHost").GetInt32();
        counted.Should().BeInRange(where == Cloud ? 0 : 1, where == Cloud ? 0 : 100);
        await Expect(page.Locator("#polls")).ToHaveTextAsync($"{counted}");
    }

    [Fact]
    public async Task Polls_OnS3_NeedNoPreflight()
    {
        await using var shop = await OpenAsync(Cloud, settings => Configure(settings, processingTime: "00:00:02"));
        var page = await VisitAsync(shop);

        await PlaceAsync(page);
        await Expect(page.Locator(".order .state")).ToHaveTextAsync("Done", _patience);

        shop.StatusRequests.Should().NotBeEmpty();
        shop.StatusRequests.Should().AllSatisfy(request =>
        {
            (request.Method, request.StatusCode).Should().Be(("GET", 200));
            request.Headers.Keys.Intersect(
                ["Authorization", "Cookie", "Referer", "If-None-Match", "traceparent"],
                StringComparer.OrdinalIgnoreCase).Should().BeEmpty();
        });
    }

    [Fact]
    public async Task Reload_SeveralOrders_AllSucceed()
    {
        await using var shop = await OpenAsync(Sqlite, settings => Configure(settings, processingTime: "00:00:04"));
        var page = await VisitAsync(shop);
        for (var order = 1; order <= 4; order++)
        {
            await PlaceAsync(page);
            await Expect(page.Locator(".order")).ToHaveCountAsync(order);
        }

        await page.ReloadAsync();

        await Expect(page.Locator(".order")).ToHaveCountAsync(4);
        await Expect(page.Locator(".order[data-state=Succeeded]")).ToHaveCountAsync(4, new() { Timeout = 60_000 });
        _errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Order_Rejected_ShowsReason()
    {
        await using var shop = await OpenAsync(Sqlite, settings => Configure(settings, processingTime: "00:00:01"));
        var page = await VisitAsync(shop);

        await page.GetByLabel("Fewer: Book").ClickAsync();
        await PlaceAsync(page);

        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("An order has 1 to 1000 items; this one has 0.");
        await Expect(page.Locator(".order")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(Sqlite)]
    [InlineData(Cloud)]
    public async Task Page_OnAnotherOrigin_CompletesOrder(string where)
    {
        await using var elsewhere = await PageServer.StartAsync();
        await using var shop = await OpenAsync(where, settings =>
        {
            Configure(settings, processingTime: "00:00:08");
            settings["OffloadedPolling__UrlLifetime"] = "00:00:03";
            settings["Orders__AllowedOrigins__0"] = elsewhere.Address.GetLeftPart(UriPartial.Authority);
        });
        elsewhere.Api = shop.Orders.Address;
        var page = await browser.NewPageAsync(_errors);
        var origins = new HashSet<string>();
        page.Response += (_, response) => origins.Add(new Uri(response.Url).GetLeftPart(UriPartial.Authority));
        await page.GotoAsync(elsewhere.Address.ToString());

        await PlaceAsync(page);

        await Expect(page.Locator(".order .state")).ToHaveTextAsync("Done", _patience);
        origins.Should().HaveCount(where == Cloud ? 3 : 2);
        shop.StatusRequests.Should().NotContain(request => request.Method == "OPTIONS");
        _errors.Should().BeEmpty();
    }

    [Theory]
    [InlineData("desktop", 1100, 720)]
    [InlineData("phone", 390, 844)]
    public async Task Page_FitsScreenWidth(string screen, int width, int height)
    {
        await using var shop = await OpenAsync(Sqlite, settings => Configure(settings, processingTime: "00:00:05"));
        var page = await browser.NewPageAsync(_errors, width, height);
        await page.GotoAsync(shop.Orders.Address.ToString());
        await PlaceAsync(page);
        await Expect(page.Locator(".order .state")).ToHaveTextAsync("Done", _patience);
        await page.GetByLabel("More: Falling star").ClickAsync();
        await PlaceAsync(page);
        await Expect(page.Locator(".order .state").First).ToHaveTextAsync("Failed", _patience);
        await page.GetByLabel("Fewer: Falling star").ClickAsync();
        await page.GetByLabel("More: Teapot").ClickAsync();
        await PlaceAsync(page);
        await Expect(page.Locator(".order .state").First).ToHaveTextAsync("In progress", _patience);
        await Expect(page.Locator(".order .polls").First).ToHaveTextAsync("Polled 2 times", _patience);

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().Be(width);
        await page.ScreenshotAsync(
            new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{screen}.png"), FullPage = screen == "phone" });
    }

    private static async Task<IShop> OpenAsync(string where, Action<Dictionary<string, string>> configure) =>
        where == Cloud ? await CloudShop.OpenAsync(configure) : await SqliteShop.OpenAsync(configure);

    private static void Configure(Dictionary<string, string> settings, string processingTime)
    {
        settings["Orders__ProcessingTime"] = processingTime;
        settings["OffloadedPolling__MinProgressInterval"] = "00:00:00.5";
    }

    private async Task<IPage> VisitAsync(IShop shop)
    {
        var page = await browser.NewPageAsync(_errors);
        await page.GotoAsync(shop.Orders.Address.ToString());
        return page;
    }

    private static Task PlaceAsync(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Place order" }).ClickAsync();

    [GeneratedRegex("^/operations/[0-9a-f]{32}/url$")]
    private static partial Regex RenewalPath();
}
