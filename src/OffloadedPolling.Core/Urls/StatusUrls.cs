using Microsoft.Extensions.Options;
using OffloadedPolling.WaitTime;

namespace OffloadedPolling.Urls;

/// <summary>Step 4 of the road: issues the status URL that the caller polls, with what the caller is told about the operation.</summary>
internal sealed class StatusUrls(
    IOperationStatusStore store, IPresignedUrlIssuer issuer, IOptions<OffloadedPollingOptions> options, TimeProvider time)
{
    // Short enough to be worth little when it leaks, long enough that a caller with an unknown estimate seldom needs a second one.
    private static readonly TimeSpan _shortest = TimeSpan.FromMinutes(5);

    // Nine of ten operations end before the upper bound; three times that leaves the slow ones and a queue's hiccups room.
    private const double UpperBounds = 3;

    /// <summary>Issues a status URL.</summary>
    /// <param name="status">The operation's document.</param>
    /// <param name="isRepeated">Whether the operation was accepted before: its document may be of any age then.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
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
            // The caller cannot tell how old the document is, so both durations count from now.
            Estimate = isRepeated ? status.Estimate?.After(now - status.LastUpdatedAt) : status.Estimate,
            Repeated = isRepeated,
        };
    }

    /// <summary>Returns how long a URL should work: as short as is safe.</summary>
    public static TimeSpan Lifetime(OperationEstimate? estimate, OffloadedPollingOptions options)
    {
        var longest = options.MaxUrlLifetime;
        if (options.UrlLifetime is { } set)
        {
            return set;
        }

        // Without an overflow, however long the estimate is.
        var upper = estimate is null || estimate.Upper < longest ? estimate?.Upper ?? TimeSpan.Zero : longest;
        var wanted = upper * UpperBounds > _shortest ? upper * UpperBounds : _shortest;
        return wanted < longest ? wanted : longest;
    }
}
