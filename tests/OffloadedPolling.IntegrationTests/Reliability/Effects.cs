using System.Collections.Concurrent;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Counts how often the handler ran for each operation.</summary>
internal sealed class Effects
{
    private readonly ConcurrentDictionary<string, int> _runs = new();

    public IReadOnlyDictionary<string, int> Runs => _runs;

    public void Ran(string id) => _runs.AddOrUpdate(id, 1, (_, before) => before + 1);
}
