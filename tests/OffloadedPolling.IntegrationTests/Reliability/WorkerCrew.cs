using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Worker processes that are replaced at once when they are killed.</summary>
internal sealed class WorkerCrew : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string> _settings;

    private readonly Task<OrdersProcess>[] _workers;

    private WorkerCrew(IReadOnlyDictionary<string, string> settings, int workers)
    {
        _settings = settings;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => OrdersProcess.StartAsync(settings))];
    }

    public static async Task<WorkerCrew> StartAsync(IReadOnlyDictionary<string, string> settings, int workers)
    {
        var crew = new WorkerCrew(settings, workers);
        await Task.WhenAll(crew._workers);
        return crew;
    }

    /// <summary>Kills a worker and starts its replacement without waiting for it.</summary>
    public async Task KillAsync(int worker)
    {
        await using var victim = await _workers[worker];
        await victim.KillAsync();
        _workers[worker] = OrdersProcess.StartAsync(_settings);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await (await worker).DisposeAsync();
        }
    }
}
