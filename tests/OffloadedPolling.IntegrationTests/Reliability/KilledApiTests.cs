using System.Collections.Concurrent;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Tests callers that retry after the API was killed with kill -9 while it accepted operations.</summary>
[Collection(ReliabilityRuns.Name)]
public sealed class KilledApiTests(ITestOutputHelper output)
{
    private const int Callers = 8;

    private const int OrdersForEachKill = 40;

    private static readonly int _kills = Scale.Of(5, 50);

    private static readonly string[] _keys = [.. Enumerable.Range(0, _kills * OrdersForEachKill).Select(_ => Guid.NewGuid().ToString())];

    // About as long as a post takes, so that the kill interrupts it.
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(30);

    private readonly ConcurrentDictionary<string, string> _accepted = new();

    [Fact]
    public async Task Kill9_DuringPosts_CreatesOneOperationPerKey()
    {
        var figures = new Figures("killed-api", output);
        await using var witness = await WriteWitness.StartAsync();
        using var settings = await OrdersSettings.CreateAsync(s3: witness.Address);
        await using var worker = await OrdersProcess.StartAsync(settings.For("Worker"));
        var api = await OrdersProcess.StartAsync(settings.For("Api"));
        using var caller = new KeyedCaller(api.Address);
        using var turns = new SemaphoreSlim(0);
        try
        {
            var accepting = AcceptAsync(caller, turns);
            for (var kill = 0; kill < _kills; kill++)
            {
                turns.Release(OrdersForEachKill);
                await WaitForPostInFlightAsync(caller, accepting);
                await api.DisposeAsync();
                api = await OrdersProcess.StartAsync(settings.For("Api"), address: api.Address);
            }

            await accepting;
            var again = new ConcurrentDictionary<string, string>();
            await Parallel.ForEachAsync(_keys, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (key, _) =>
                again[key] = await caller.PlaceAsync(key));
            again.OrderBy(one => one.Key).Should().Equal(_accepted.OrderBy(one => one.Key));
            _accepted.Values.Distinct().Should().HaveCount(_keys.Length);

            var outcome = await Outcome.OfAsync([.. _accepted.Values], settings.Bucket, witness);
            await Outcome.AssertOrdersAsync(_accepted.Values, api.Address, caller.Http);

            var found = FoundByRetry(witness, posts: caller.Started - caller.CutOff - caller.Refused);
            figures.Write($"{_keys.Length} keys, {_kills} kills, {caller.CutOff} posts cut off, {caller.Refused} refused, {found} ",
                $"retries found their operation already created, {outcome.Versions} versions");
            caller.CutOff.Should().BeGreaterThan(0, "at least one kill must interrupt a post");
        }
        finally
        {
            await api.DisposeAsync();
        }
    }

    // Every key was posted once more at the end and found its operation.
    private static int FoundByRetry(WriteWitness witness, int posts)
    {
        posts.Should().Be(2 * _keys.Length);
        return witness.Writes.Count(write => write.Parent is null && !write.IsConfirmed) - _keys.Length;
    }

    private Task AcceptAsync(KeyedCaller caller, SemaphoreSlim turns)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (var mine = Interlocked.Increment(ref next); mine < _keys.Length; mine = Interlocked.Increment(ref next))
            {
                await turns.WaitAsync();
                _accepted[_keys[mine]] = await caller.PlaceAsync(_keys[mine]);
            }
        }));
    }

    private static async Task WaitForPostInFlightAsync(KeyedCaller caller, Task accepting)
    {
        var enough = caller.Started + Random.Shared.Next(1, OrdersForEachKill / 2);
        await Eventually.TrueAsync(
            () => (caller.Started >= enough && caller.InFlight > 0) || accepting.IsCompleted, Scale.Patience,
            () => $"{caller.Started} posts were started");
        await Task.Delay(Random.Shared.Next((int)_longestWait.TotalMilliseconds));
    }
}
