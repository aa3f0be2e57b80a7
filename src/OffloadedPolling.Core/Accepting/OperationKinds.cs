namespace OffloadedPolling.Accepting;

/// <summary>The kinds of this host, by name and by payload type.</summary>
internal sealed class OperationKinds(IEnumerable<OperationKind> kinds)
{
    private readonly OperationKind[] _kinds = [.. kinds];

    public IReadOnlyList<OperationKind> All => _kinds;

    public OperationKind? Find(string name) => Array.Find(_kinds, kind => kind.Name == name);

    /// <exception cref="ArgumentException">No kind was added for the payload type.</exception>
    public OperationKind<TPayload> ForPayload<TPayload>() =>
        _kinds.OfType<OperationKind<TPayload>>().FirstOrDefault()
        ?? throw new ArgumentException(
            $"No operation kind has the payload type {typeof(TPayload)}. Add one with .AddOperation<{typeof(TPayload).Name}>(\"name\").");
}
