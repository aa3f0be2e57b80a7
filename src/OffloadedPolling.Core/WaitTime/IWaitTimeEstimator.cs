namespace OffloadedPolling;

/// <summary>Estimates when an operation that is accepted now will be done.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST NOT throw, and return <see langword="null"/> for what they do not know;</item>
/// <item>MUST return a <see cref="OperationEstimate.Median"/> above 0, and an <see cref="OperationEstimate.Upper"/> between the median and
/// half of <see cref="TimeSpan.MaxValue"/>;</item>
/// <item>MUST return either no <see cref="OperationEstimate.Quantiles"/> or one for each of <see cref="OperationEstimate.QuantileLevels"/>,
/// in ascending order;</item>
/// <item>MUST answer within 100 ms, from a cache that may be stale and that one request at a time fills.</item>
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
