using Microsoft.Extensions.Options;
using OffloadedPolling.Urls;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Accepting;

/// <summary>Issue: makes the status URL that the caller polls, and what the caller is told with it.</summary>
internal sealed class IssueStep(
    IOperationStatusStore store, IPresignedUrlIssuer issuer, IOptions<OffloadedPollingOptions> options, TimeProvider time)
{
    public async Task<AcceptedOperation> IssueAsync(OperationStatus status, CancellationToken cancellationToken)
    {
        var lifetime = UrlLifetime.For(status.Estimate, options.Value);
        var url = await issuer.IssueAsync(store.GetStatusKey(status.Id), lifetime, cancellationToken).ConfigureAwait(false);
        return new AcceptedOperation
        {
            Id = status.Id,
            Status = status.Status,
            StatusUrl = url.Value,
            StatusUrlExpiresAt = url.ExpiresAt,
            RetryAfter = RetryAfter.For(status, time.GetUtcNow()),
            Estimate = status.Estimate,
        };
    }
}
