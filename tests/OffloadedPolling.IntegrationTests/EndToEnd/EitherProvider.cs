namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>
/// Settings of an Orders process on S3 and SQS or on SQLite. With their short visibility timeout, it notices cancellation soon.
/// </summary>
internal sealed class EitherProvider : IDisposable
{
    private readonly SqliteOrdersSettings _files = new();

    private OrdersSettings? _cloud;

    public async Task<Dictionary<string, string>> SettingsAsync(bool onAws, string processingTime)
    {
        _cloud = onAws ? await OrdersSettings.CreateAsync(processingTime: processingTime) : null;
        var settings = _cloud?.For("All") ?? _files.For(processingTime: processingTime);
        settings["OffloadedPolling__Operations__orders__VisibilityTimeout"] = "00:00:03";
        return settings;
    }

    public void Dispose()
    {
        _files.Dispose();
        _cloud?.Dispose();
    }
}
