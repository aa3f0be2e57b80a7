using OffloadedPolling.IntegrationTests.Road;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>A shop without a cloud.</summary>
internal sealed class DeskShop(DeskSettings settings, OrdersProcess orders) : IShop
{
    public OrdersProcess Orders { get; } = orders;

    public IReadOnlyList<RecordedRequest> StatusRequests => [];

    public static async Task<DeskShop> OpenAsync(Action<Dictionary<string, string>> configure)
    {
        var files = new DeskSettings();
        var settings = files.For();
        configure(settings);
        return new DeskShop(files, await OrdersProcess.StartAsync(settings));
    }

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        settings.Dispose();
    }
}
