using System.Collections.Concurrent;

namespace OffloadedPolling.Processing;

/// <inheritdoc cref="IWorkerHealth"/>
internal sealed class WorkerHealth(StoreCircuitBreaker circuit) : IWorkerHealth
{
    private readonly ConcurrentBag<Func<string?>> _problems = [];

    public string? Problem => _problems.IsEmpty
        ? null
        : _problems.Select(problem => problem()).Append(circuit.Problem).FirstOrDefault(problem => problem is not null);

    /// <summary>Adds a worker.</summary>
    /// <param name="problem">Returns what keeps it from receiving; <see langword="null"/> if nothing.</param>
    public void Add(Func<string?> problem) => _problems.Add(problem);
}
