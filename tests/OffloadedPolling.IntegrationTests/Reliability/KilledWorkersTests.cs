using System.Collections.Concurrent;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Tests workers that are repeatedly killed with kill -9 during their work.</summary>
[Collection(ReliabilityRuns.Name)]
public sealed class KilledWorkersTests(ITestOutputHelper output)
{
    private const int Callers = 16;

    private const int Workers = 3;

    private static readonly int _operations = Scale.Of(200, 10_000);

    private static readonly int _kills = Scale.Of(8, 100);

    // About as long as an operation takes, so that a kill interrupts work.
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentBag<string> _accepted = [];

    [Fact]
    public async Task Kill9_DuringWork_EndsEachOperationOnce()
    {
        var figures = new Figures("killed-workers", output);
        await using var witness = await WriteWitness.StartAsync();
        using var settings = await OrdersSettings.CreateAsync(s3: witness.Address, processingTime: "00:00:00.2");
        await using var api = await OrdersProcess.StartAsync(settings.For("Api"));
        await using var crew = await WorkerCrew.StartAsync(WorkerSettings(settings), Workers);
        using var caller = new Caller();
        using var turns = new SemaphoreSlim(0);

        var accepting = AcceptAsync(caller, api.Address, turns);
        await KillAsync(crew, turns, accepting);
        await accepting;
        var outcome = await Outcome.OfAsync(_accepted, settings.Bucket, witness);
        await Outcome.AssertOrdersAsync(_accepted, api.Address, caller.Http);

        figures.Write($"{_accepted.Count} operations, {_kills} kills, {outcome.Versions} versions, {outcome.Repeated} operations needed ",
            $"more than one attempt, {outcome.MostAttempts} at most");
        _accepted.Should().HaveCount(_operations);
        outcome.Repeated.Should().BeGreaterThan(0, "at least one kill must interrupt work");
    }

    private static Dictionary<string, string> WorkerSettings(OrdersSettings settings) => new(settings.For("Worker"))
    {
        ["OffloadedPolling__Operations__orders__VisibilityTimeout"] = "00:00:03",
        ["OffloadedPolling__Operations__orders__MaxConcurrency"] = "10",
    };

    private Task AcceptAsync(Caller caller, Uri api, SemaphoreSlim turns)
    {
        var begun = 0;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Interlocked.Increment(ref begun) <= _operations)
            {
                await turns.WaitAsync();
                _accepted.Add((await caller.PlaceAsync(api)).Id);
            }
        }));
    }

    // Each kill gets a share of the operations, so that no kill comes after all the work is done.
    private async Task KillAsync(WorkerCrew crew, SemaphoreSlim turns, Task accepting)
    {
        for (var kill = 0; kill < _kills; kill++)
        {
            var before = (int)((long)_operations * kill / _kills);
            var after = (int)((long)_operations * (kill + 1) / _kills);
            turns.Release(after - before);
            var enough = Random.Shared.Next(before, after) + 1;
            await Eventually.TrueAsync(
                () => _accepted.Count >= enough || accepting.IsCompleted, Scale.Patience, () => $"{_accepted.Count} were accepted");
            await Task.Delay(Random.Shared.Next((int)_longestWait.TotalMilliseconds));
            await crew.KillAsync(Random.Shared.Next(Workers));
        }
    }
}
