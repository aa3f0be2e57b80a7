namespace OffloadedPolling.Accepting;

/// <summary>The kinds that this host knows, by name and by payload type.</summary>
internal sealed class OperationKinds(IEnumerable<OperationKind> kinds)
{
    private readonly OperationKind[] _kinds = [.. kinds];

    public IReadOnlyList<OperationKind> All => _kinds;

    /// <summary>Finds the kind that a caller of a port named.</summary>
    public OperationKind? Find(string name) => Array.Find(_kinds, kind => kind.Name == name);

    /// <summary>Returns the kind that was added for a payload type.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public OperationKind<TPayload> ForPayload<TPayload>() =>
        _kinds.OfType<OperationKind<TPayload>>().FirstOrDefault()
        ?? throw new ArgumentException(
            $"No operation kind has the payload type {typeof(TPayload)}. Add one with .AddOperation<{typeof(TPayload).Name}>(\"name\").");
}
