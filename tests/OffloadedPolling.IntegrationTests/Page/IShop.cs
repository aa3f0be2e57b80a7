using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>Orders and its page, as one process.</summary>
internal interface IShop : IAsyncDisposable
{
    OrdersProcess Orders { get; }

    /// <summary>
    /// The requests to status URLs that did not go to the host, including preflights. Empty if the host serves status URLs.
    /// </summary>
    IReadOnlyList<RecordedRequest> StatusRequests { get; }
}
