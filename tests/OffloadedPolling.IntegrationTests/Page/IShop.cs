using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Page;

/// <summary>Orders with its page, as one process.</summary>
internal interface IShop : IAsyncDisposable
{
    OrdersProcess Orders { get; }

    /// <summary>
    /// The requests to status URLs that passed outside of the host, with a browser's questions before them; empty where the host serves
    /// them.
    /// </summary>
    IReadOnlyList<RecordedRequest> StatusRequests { get; }
}
