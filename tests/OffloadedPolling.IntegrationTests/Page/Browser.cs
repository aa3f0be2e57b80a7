using Microsoft.Playwright;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>A real browser that the tests of a class share.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright _playwright = null!;

    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = TestServers.Browser,
            // It connects only to loopback. Chromium has no sandbox as root.
            Args = [
                "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>Opens a page without history. Errors of its scripts are added to <paramref name="errors"/>.</summary>
    internal async Task<IPage> NewPageAsync(ICollection<string> errors, int width = 1100, int height = 760)
    {
        var context = await _browser.NewContextAsync(
            new() { ViewportSize = new() { Width = width, Height = height }, DeviceScaleFactor = 2 });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        page.PageError += (_, error) => errors.Add(error);
        return page;
    }
}
