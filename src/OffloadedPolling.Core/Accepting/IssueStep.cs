using Microsoft.Extensions.Options;
using OffloadedPolling.Urls;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Accepting;

/// <summary>Issue: makes the status URL that the caller polls, and what the caller is told with it.</summary>
internal sealed class IssueStep(
    IOperationStatusStore store, IPresignedUrlIssuer issuer, IOptions<OffloadedPollingOptions> options, TimeProvider time)
{
    /// <summary>Issues a status URL.</summary>
    /// <param name="status">The operation's document.</param>
    /// <param name="isRepeated">Whether the operation was accepted before: its document may be of any age then.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    public async Task<AcceptedOperation> IssueAsync(OperationStatus status, bool isRepeated, CancellationToken cancellationToken)
    {
        var lifetime = UrlLifetime.For(status.Estimate, options.Value);
        var url = await issuer.IssueAsync(store.GetStatusKey(status.Id), lifetime, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        return new AcceptedOperation
        {
            Id = status.Id,
            Status = status.State,
            StatusUrl = url.Value,
            StatusUrlExpiresAt = url.ExpiresAt,
            RetryAfter = RetryAfter.For(status, now),
            // The caller cannot tell how old the document is, so both durations count from now.
            Estimate = isRepeated ? status.Estimate?.After(now - status.LastUpdatedAt) : status.Estimate,
            Repeated = isRepeated,
        };
    }
}
