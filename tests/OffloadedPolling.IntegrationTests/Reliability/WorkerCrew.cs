using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Worker processes, of which each that is killed is replaced at once.</summary>
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

    /// <summary>Kills one of them, and does not wait for its replacement.</summary>
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
