namespace OffloadedPolling.Accepting;

/// <summary>The kinds that this host knows, by name and by payload type.</summary>
internal sealed class OperationKinds(IEnumerable<OperationKind> kinds)
{
    private readonly OperationKind[] _kinds = [.. kinds];

    public IReadOnlyList<OperationKind> All => _kinds;

    /// <summary>Finds the kind that a caller of a port named.</summary>
    public OperationKind? Find(string name) => Array.Find(_kinds, kind => kind.Name == name);

    /// <exception cref="ArgumentException">No kind was added for the payload type.</exception>
    public OperationKind<TPayload> ForPayload<TPayload>() =>
        _kinds.OfType<OperationKind<TPayload>>().FirstOrDefault()
        ?? throw new ArgumentException(
            $"No operation kind has the payload type {typeof(TPayload)}. Add one with .AddOperation<{typeof(TPayload).Name}>(\"name\").");
}
