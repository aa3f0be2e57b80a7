using System.Net.Http.Headers;
using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>Follows all orders with one poller.</summary>
internal sealed class OrderFollower : IDisposable
{
    private readonly OperationPoller _poller;

    /// <param name="host">The host's address. Credentials are sent only there.</param>
    /// <param name="credentials">The host's credentials; <see langword="null"/> if it requires none.</param>
    /// <param name="timeout">How long to follow each order.</param>
    /// <param name="atLeastEvery">
    /// The maximum interval between two polls; <see langword="null"/> to use as few polls as the estimates allow.
    /// </param>
    /// <param name="figures">The counters of polls and renewals.</param>
    public OrderFollower(Uri host, AuthenticationHeaderValue? credentials, TimeSpan timeout, TimeSpan? atLeastEvery, Figures figures) =>
        _poller = new OperationPoller(new OperationPollerOptions
        {
            HostAddress = host,
            Timeout = timeout,
            AtLeastEvery = atLeastEvery,
            Polled = figures.CountPoll,

            // The poller calls it before each renewal, so it also counts renewals.
            AuthorizeRenewal = (request, _) =>
            {
                request.Headers.Authorization = credentials;
                figures.CountRenewal();
                return ValueTask.CompletedTask;
            },
        });

    public Task FollowAsync(FollowedOrder order, AcceptedOperation accepted, CancellationToken cancellationToken)
    {
        try
        {
            // Without an operation URL the token would contain the status URL, a credential that must not be shown in a terminal.
            order.See(accepted, string.IsNullOrEmpty(accepted.OperationUrl) ? null : _poller.GetResumeToken(accepted));
            return FollowAsync(order, _poller.WatchAsync(accepted, cancellationToken));
        }
        catch (ArgumentException elsewhere)
        {
            order.End(Outcome.Unavailable, elsewhere.Message);
            return Task.CompletedTask;
        }
    }

    /// <exception cref="FormatException">The text is not a resume token.</exception>
    /// <exception cref="ArgumentException">The token is for an operation at another host.</exception>
    public Task ResumeAsync(FollowedOrder order, string resumeToken, CancellationToken cancellationToken)
    {
        order.Resume(resumeToken);
        return FollowAsync(order, _poller.WatchAsync(resumeToken, cancellationToken));
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
