namespace OffloadedPolling;

/// <summary>Estimates when an operation that is accepted now is likely done.</summary>
/// <remarks>
/// Implementations
/// <list type="bullet">
/// <item>MUST be thread-safe;</item>
/// <item>MUST NOT fail: what they cannot know is unknown;</item>
/// <item>MUST answer within 100 ms: from a cache that is stale rather than late, filled by one request at a time.</item>
/// </list>
/// </remarks>
public interface IWaitTimeEstimator
{
    /// <summary>Estimates one operation.</summary>
    /// <param name="kind">The name of its kind.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The distribution of the time from now until it is done, or <see langword="null"/> if that is unknown.</returns>
    ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancel);
}
