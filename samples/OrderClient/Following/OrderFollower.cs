using System.Net.Http.Headers;
using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>Follows orders to their ends, all of them with one poller.</summary>
internal sealed class OrderFollower : IDisposable
{
    private readonly OperationPoller _poller;

    /// <param name="host">The host's address, where its credentials may go.</param>
    /// <param name="credentials">The host's credentials; <see langword="null"/> if it wants none.</param>
    /// <param name="timeout">How long each order is followed.</param>
    /// <param name="atLeastEvery">
    /// The longest wait between two polls; <see langword="null"/> to poll as seldom as the estimates allow.
    /// </param>
    /// <param name="figures">Counts every poll and renewal.</param>
    public OrderFollower(Uri host, AuthenticationHeaderValue? credentials, TimeSpan timeout, TimeSpan? atLeastEvery, Figures figures) =>
        _poller = new OperationPoller(new OperationPollerOptions
        {
            HostAddress = host,
            Timeout = timeout,
            AtLeastEvery = atLeastEvery,
            Polled = figures.CountPoll,

            // It is passed before each renewal, and those are what is counted here.
            AuthorizeRenewal = (request, _) =>
            {
                request.Headers.Authorization = credentials;
                figures.CountRenewal();
                return ValueTask.CompletedTask;
            },
        });

    public Task FollowAsync(FollowedOrder order, AcceptedOperation accepted, CancellationToken stop)
    {
        try
        {
            // Without an operation URL the token would hold the status URL, which is a credential and not for a terminal.
            order.See(accepted, string.IsNullOrEmpty(accepted.OperationUrl) ? null : _poller.GetResumeToken(accepted));
            return FollowAsync(order, _poller.WatchAsync(accepted, stop));
        }
        catch (ArgumentException elsewhere)
        {
            order.End(Outcome.Unavailable, elsewhere.Message);
            return Task.CompletedTask;
        }
    }

    /// <exception cref="FormatException">It is no resume token.</exception>
    /// <exception cref="ArgumentException">It is of an operation at another host.</exception>
    public Task ResumeAsync(FollowedOrder order, string resumeToken, CancellationToken stop)
    {
        order.Resume(resumeToken);
        return FollowAsync(order, _poller.WatchAsync(resumeToken, stop));
    }

    public void Dispose() => _poller.Dispose();

    private static async Task FollowAsync(FollowedOrder order, IAsyncEnumerable<OperationStatus> documents)
    {
        try
        {
            await foreach (var status in documents)
            {
                order.See(status);
            }
        }
        catch (OperationTimeoutException timeout)
        {
            order.Leave(timeout.Message);
        }
        catch (OperationCanceledException)
        {
            order.Leave("Stopped.");
        }
        catch (Exception failure) when (failure is OperationUnavailableException or InvalidOperationException)
        {
            order.End(Outcome.Unavailable, failure.Message);
        }
    }
}
