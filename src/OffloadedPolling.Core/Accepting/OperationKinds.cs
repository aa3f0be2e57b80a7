namespace OffloadedPolling.Accepting;

/// <summary>The kinds that this host knows, by name and by payload type.</summary>
internal sealed class OperationKinds(IEnumerable<OperationKind> kinds)
{
    private readonly OperationKind[] _kinds = [.. kinds];

    public IReadOnlyList<OperationKind> All => _kinds;

    /// <summary>Finds the kind that a port names.</summary>
    public OperationKind? Find(string name) => Array.Find(_kinds, kind => kind.Name == name);

    /// <exception cref="ArgumentException">No kind has the payload type.</exception>
    public OperationKind<TPayload> Of<TPayload>() =>
        _kinds.OfType<OperationKind<TPayload>>().FirstOrDefault()
        ?? throw new ArgumentException(
            $"No operation kind has the payload type {typeof(TPayload)}. Add one with .AddOperation<{typeof(TPayload).Name}>(\"name\").");
}

/// <summary>The estimator of a host that has none of its own.</summary>
internal sealed class QueueWaitTimeEstimator(OperationKinds kinds) : IWaitTimeEstimator
{
    public ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken) =>
        kinds.Find(kind)?.WaitTime.EstimateAsync(cancellationToken) ?? default;
}
