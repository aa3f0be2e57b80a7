using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>A shop on SQLite.</summary>
internal sealed class SqliteShop(SqliteOrdersSettings settings, OrdersProcess orders) : IShop
{
    public OrdersProcess Orders { get; } = orders;

    public IReadOnlyList<RecordedRequest> StatusRequests => [];

    public static async Task<SqliteShop> OpenAsync(Action<Dictionary<string, string>> configure)
    {
        var files = new SqliteOrdersSettings();
        var settings = files.For();
        configure(settings);
        return new SqliteShop(files, await OrdersProcess.StartAsync(settings));
    }

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        settings.Dispose();
    }
}
