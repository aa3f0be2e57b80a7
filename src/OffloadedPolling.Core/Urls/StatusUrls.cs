using Microsoft.Extensions.Options;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Urls;

/// <summary>Step 4 of the road: issues the status URL and creates the answer to the caller.</summary>
internal sealed class StatusUrls(
    IOperationStatusStore store, IPresignedUrlIssuer issuer, IOptions<OffloadedPollingOptions> options, TimeProvider time)
{
    // Short enough to be of little use if it leaks, long enough that a caller without an estimate rarely needs another one.
    private static readonly TimeSpan _shortest = TimeSpan.FromMinutes(5);

    // Nine of ten operations end before the upper bound. Three times that is enough for slow ones and short delays in the queue.
    private const double UpperBounds = 3;

    /// <summary>Issues a status URL. <paramref name="isRepeated"/> is true for a document that was created earlier.</summary>
    public async Task<AcceptedOperation> IssueAsync(OperationStatus status, bool isRepeated, CancellationToken cancellationToken)
    {
        var lifetime = Lifetime(status.Estimate, options.Value);
        var url = await issuer.IssueAsync(store.GetStatusKey(status.Id), lifetime, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        return new AcceptedOperation
        {
            Id = status.Id,
            Status = status.State,
            StatusUrl = url.Value,
            StatusUrlExpiresAt = url.ExpiresAt,
            RetryAfter = RetryAfter.For(status, now),
            // The caller does not know how old the document is, so both durations count from now.
            Estimate = isRepeated ? status.Estimate?.After(now - status.LastUpdatedAt) : status.Estimate,
            Repeated = isRepeated,
        };
    }

    /// <summary>Returns the lifetime of a new URL: as short as is safe.</summary>
    public static TimeSpan Lifetime(OperationEstimate? estimate, OffloadedPollingOptions options)
    {
        var longest = options.MaxUrlLifetime;
        if (options.UrlLifetime is { } set)
        {
            return set;
        }

        // Capped first, because three times a long estimate could overflow.
        var upper = estimate is null || estimate.Upper < longest ? estimate?.Upper ?? TimeSpan.Zero : longest;
        var wanted = upper * UpperBounds > _shortest ? upper * UpperBounds : _shortest;
        return wanted < longest ? wanted : longest;
    }
}
