namespace OffloadedPolling;

/// <summary>Estimates when an operation that is accepted now is likely done.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST NOT fail: what they cannot know is unknown;</item>
/// <item>
/// MUST return a <see cref="OperationEstimate.Median"/> over 0, an <see cref="OperationEstimate.Upper"/> of at least the median and at most
/// half of <see cref="TimeSpan.MaxValue"/>, and either no <see cref="OperationEstimate.Quantiles"/> or one for each of
/// <see cref="OperationEstimate.QuantileLevels"/>, ascending;
/// </item>
/// <item>MUST answer within 100 ms: from a cache that is stale rather than late, filled by one request at a time.</item>
/// </list>
/// An answer that breaks these rules, an exception, and an answer that takes longer than a second count as unknown. Each is logged once for
/// each kind.
/// </remarks>
public interface IWaitTimeEstimator
{
    /// <summary>Estimates one operation.</summary>
    /// <param name="kind">The name of its kind.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The distribution of the time from now until it is done, or <see langword="null"/> if that is unknown.</returns>
    ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken);
}
