namespace OffloadedPolling.Accepting;

/// <summary>The estimator of a host that registers none.</summary>
internal sealed class QueueWaitTimeEstimator(OperationKinds kinds) : IWaitTimeEstimator
{
    public ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken) =>
        kinds.Find(kind)?.WaitTime.EstimateAsync(cancellationToken) ?? default;
}
